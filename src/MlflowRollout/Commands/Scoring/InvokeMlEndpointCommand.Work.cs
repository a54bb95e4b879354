using System.Data;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using MlflowRollout.Errors;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <content>How the work is done.</content>
public sealed partial class InvokeMlEndpointCommand
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private bool _gotInput;
    private bool? _takesRows;
    private bool _endpointTyped;
    private bool _deploymentTyped;
    private IMlScoringClient? _client;
    private string _targetText = string.Empty;
    private RowScoring? _scoring;
    private long _nextIndex;
    private long _results;
    private long _failures;
    private long _progressShown;

    /// <summary>One object of the pipeline where it carries rows.</summary>
    private void TakeInput()
    {
        if (!MyInvocation.ExpectingInput && !IsBound(nameof(InputObject)))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "There is nothing to send.")
            {
                IsTerminating = true,
                RecommendedAction = "Pipe rows, or give a request with -RequestFile or -Body, or rows with -Table.",
            };
        }

        PSObject? item = InputObject;
        if (item is null)
        {
            AddRow(null);
        }
        else if (TryAddLikeBefore(item))
        {
            return;
        }
        else if (RowInput.Body(item) is { } body)
        {
            // What came before goes first, so that results keep the order of the input.
            FinishRows();
            OpenClient();
            Send(Encoding.UTF8.GetBytes(body));
        }
        else if (RowInput.Problem(item, "Invoke-MlEndpoint") is { } problem)
        {
            throw problem;
        }
        else if (!MyInvocation.ExpectingInput && item.BaseObject is Array rows)
        {
            foreach (object? row in rows)
            {
                AddRow(row is null ? null : PSObject.AsPSObject(row));
            }
        }
        else
        {
            AddRow(item);
        }
    }

    /// <summary>One endpoint or deployment of the pipeline, or the one that was typed: sends it the request or the table.</summary>
    private void AskTarget()
    {
        if (ScoringUri is null && Endpoint is null && Deployment is null && IsWhatIf)
        {
            SayWhatIf();
            return;
        }

        _client = null;
        if (ParameterSetName is FromTable or FromTableByUri)
        {
            _nextIndex = 0;
            foreach (PSObject? row in TableRows(Required(Table, nameof(Table))))
            {
                if (row is not null && TryAddLikeBefore(row))
                {
                    continue;
                }

                if (row is not null && RowInput.Problem(row, "Invoke-MlEndpoint") is { } problem)
                {
                    WriteError(ErrorRecordFactory.Create(problem));
                    continue;
                }

                AddRow(row);
            }

            FinishRows();
            return;
        }

        byte[] body = ParameterSetName is FromFile or FromFileByUri ? RequestFileContent.Read(this, RequestFile) : Encoding.UTF8.GetBytes(Body ?? string.Empty);
        Run(async cancellationToken =>
        {
            IMlScoringClient client = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync(client, body, cancellationToken).ConfigureAwait(false);
        });
    }

    /// <summary>
    /// A further row of a table whose first row was looked at closely. What an object is called costs more to ask than its columns cost to read, so it is
    /// asked again only when a column is missing.
    /// </summary>
    private bool TryAddLikeBefore(PSObject item)
    {
        if (_scoring is null || item.BaseObject is not PSCustomObject)
        {
            return false;
        }

        bool added;
        try
        {
            added = _scoring.TryAddComplete(item);
        }
        catch (MlException e)
        {
            End(e);
            return true;
        }

        if (added)
        {
            ShowProgress(isCompleted: false);
        }

        return added;
    }

    private void AddRow(PSObject? row)
    {
        if (Raw)
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, "-Raw gives the body of a whole answer, and rows are sent in batches that are not yours.")
            {
                IsTerminating = true,
                RecommendedAction = "Leave out -Raw, or make the request yourself: $rows | ConvertTo-MlModelRequest -Endpoint $endpoint | Invoke-MlEndpoint $endpoint -Raw.",
            };
        }

        _scoring ??= OpenRows();
        try
        {
            _scoring.Add(row);
        }
        catch (MlException e)
        {
            End(e);
        }

        ShowProgress(isCompleted: false);
    }

    private void FinishRows()
    {
        if (_scoring is null)
        {
            return;
        }

        using RowScoring scoring = _scoring;
        _scoring = null;
        _nextIndex = scoring.NextIndex;
        try
        {
            scoring.Finish();
        }
        catch (MlException e)
        {
            End(e);
        }

        ShowProgress(isCompleted: true);
    }

    private RowScoring OpenRows()
    {
        OpenClient();
        MlModelSignature? signature = null;
        RunOrEnd(async cancellationToken =>
        {
            signature = await _client!.GetSignatureAsync(cancellationToken).ConfigureAwait(false);
            if (signature is not null && ColumnType is not null)
            {
                Context.Verbose($"The signature of {_targetText} was found, so -ColumnType is not used.");
            }

            signature ??= ColumnType is null ? throw NoSignature() : SignatureOfColumnTypes(ColumnType, Parameter);
        });
        var options = new MlRowStreamOptions
        {
            Signature = signature!,
            Parameters = InferenceParameters.Of(Parameter),
            BatchSize = BatchSize,
            ThrottleLimit = ThrottleLimit,
            RateLimit = RateLimit,
            Unordered = Unordered,
        };
        try
        {
            return new RowScoring(_client!.OpenRowStream(options), new RowReader(signature!, Strict), _nextIndex, Unordered, Emit, StopToken);
        }
        catch (MlException e)
        {
            End(e);
            throw;
        }
    }

    private void OpenClient()
    {
        if (_client is null)
        {
            RunOrEnd(async cancellationToken => _client = await OpenAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<IMlScoringClient> OpenAsync(CancellationToken cancellationToken)
    {
        if (_deploymentTyped)
        {
            _ = Required(Deployment, nameof(Deployment));
        }

        if (ScoringUri is not null)
        {
            string? authority = CaCertificate is null ? null : await InvokeAsync(() => FileSystemPath.ResolveLiteral(this, CaCertificate)).ConfigureAwait(false);
            // Without user and query: they may hold a secret, and this is shown.
            _targetText = ScoringUri.IsAbsoluteUri ? ScoringUri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : ScoringUri.OriginalString;
            return Engine.CreateScoringClient(ScoringUri, Key, Deployment?.Name, authority);
        }

        if (_endpointTyped || (MyInvocation.ExpectingInput && !TakesRows && Deployment is null))
        {
            _ = Required(Endpoint, nameof(Endpoint));
        }

        // Piped text binds to both parameters; it names an endpoint, as everywhere.
        bool isEndpointName = !_deploymentTyped && !_endpointTyped && Deployment is { EndpointName: null };
        EndpointTarget target = EndpointTarget.From(Endpoint, isEndpointName ? null : Deployment);
        _targetText = target.ToString();
        return await Resolve(isChange: false, target.Origins)
            .OpenScoringAsync(target.EndpointName, target.DeploymentName, Context, cancellationToken).ConfigureAwait(false);
    }

    private void Send(byte[] body) => Run(cancellationToken => SendAsync(_client!, body, cancellationToken));

    private async Task SendAsync(IMlScoringClient client, byte[] body, CancellationToken cancellationToken)
    {
        MlScoringResponse response = await client.SendAsync(body, cancellationToken).ConfigureAwait(false);
        await InvokeAsync(() =>
        {
            if (Raw)
            {
                WriteObject(response.Body);
                return;
            }

            foreach (MlPrediction prediction in response.Predictions)
            {
                WriteObject(prediction);
            }
        }).ConfigureAwait(false);
    }

    private void Emit(MlPrediction prediction)
    {
        _results++;
        WriteObject(As == PredictionForm.Row ? RowOutput.Of(prediction) : prediction);
        if (prediction.Error is null)
        {
            return;
        }

        _failures++;
        WriteError(ErrorRecordFactory.Create(RowError(prediction), prediction.Input ?? prediction));
        if (_failures > MaxErrors)
        {
            throw new MlScoringException(
                MlErrorIds.TooManyErrors, MlErrorCategory.LimitsExceeded,
                string.Create(CultureInfo.InvariantCulture, $"{_failures} of {_results} rows failed on {_targetText}, and -MaxErrors allows {MaxErrors}. The last one: {prediction.Error}"))
            {
                Target = prediction,
                RecommendedAction = "Look at the errors of the rows, or allow more with -MaxErrors.",
            };
        }
    }

    /// <summary>A row that no request was sent for was bad by itself.</summary>
    private static MlException RowError(MlPrediction prediction) =>
        prediction.RequestId is null && prediction.Deployment is null && prediction.RequestLatency == TimeSpan.Zero
            ? new MlValidationException(MlErrorIds.RowInvalid, Sentence(prediction.Error!), MlErrorCategory.InvalidData)
            {
                RecommendedAction = "Correct the row and send it again; the other rows are not affected.",
            }
            : new MlScoringException(MlErrorIds.ScoringFailed, MlErrorCategory.InvalidResult, Sentence(prediction.Error!))
            {
                DeploymentName = prediction.Deployment,
                RequestId = prediction.RequestId,
            };

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    private MlValidationException NoSignature() => new(
        MlErrorIds.SignatureNotFound, $"The signature of the model behind {_targetText} cannot be found, so nothing says how to convert the values of the rows.", MlErrorCategory.ObjectNotFound)
    {
        RecommendedAction = "Name the columns and their types with -ColumnType, as in @{ age = 'long'; thal = 'string' }, or send a whole request with -Body or -RequestFile.",
    };

    private static IEnumerable<PSObject?> TableRows(PSObject?[] table)
    {
        foreach (PSObject? item in table)
        {
            if (item?.BaseObject is DataTable data)
            {
                foreach (DataRow row in data.Rows)
                {
                    yield return PSObject.AsPSObject(row);
                }
            }
            else
            {
                yield return item;
            }
        }
    }

    private void ShowProgress(bool isCompleted)
    {
        const int RowsBetweenLooks = 512;
        long rows = _scoring?.NextIndex ?? _nextIndex;
        if (!isCompleted && rows % RowsBetweenLooks != 0)
        {
            return;
        }

        long now = TimeProvider.System.GetTimestamp();
        if (isCompleted ? _progressShown == 0 : TimeProvider.System.GetElapsedTime(_progressShown, now) < ProgressInterval)
        {
            return;
        }

        _progressShown = isCompleted ? 0 : now;
        string status = string.Create(CultureInfo.InvariantCulture, $"{_results:N0} of {rows:N0} rows answered{(_failures > 0 ? $", {_failures:N0} failed" : string.Empty)}");
        WriteProgress(new ProgressRecord(GetHashCode() & int.MaxValue, $"Scoring with {_targetText}", status)
        {
            RecordType = isCompleted ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });
    }

    /// <summary>Scoring changes nothing and has no <c>-WhatIf</c>; under <c>$WhatIfPreference</c> what it would ask may not have been made.</summary>
    private void SayWhatIf() => WriteInformation(
        new HostInformationMessage { Message = "What if: A request would be sent to the endpoint or deployment of an earlier step." }, ["PSHOST"]);
}
