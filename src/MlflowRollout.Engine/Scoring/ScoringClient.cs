using System.Text;
using System.Text.Json;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Scoring;

/// <summary>Sends scoring requests to one endpoint, pinned to a deployment or by its weights.</summary>
internal sealed class ScoringClient : IMlScoringClient, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(320);
    private static readonly TimeSpan SwaggerTimeout = TimeSpan.FromSeconds(30);

    private readonly ScoringTransport _transport;
    private readonly Random _random;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile SignatureAnswer? _signature;

    /// <summary>Makes a client.</summary>
    public ScoringClient(ScoringTransport transport, Random random)
    {
        _transport = transport;
        _random = random;
    }

    /// <inheritdoc/>
    public async Task<MlModelSignature?> GetSignatureAsync(CancellationToken cancellationToken)
    {
        if (_signature is { } known)
        {
            return known.Signature;
        }

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Nothing found is not kept: the deployment may be about to start.
            MlModelSignature? signature = _signature?.Signature ?? await FindSignatureAsync(cancellationToken).ConfigureAwait(false);
            if (signature is not null)
            {
                _signature = new SignatureAnswer(signature);
            }

            return signature;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<MlScoringResponse> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        MlModelSignature? signature = await GetSignatureAsync(cancellationToken).ConfigureAwait(false);
        CheckResult check = RequestCheck.Run(signature, body);
        if (check.Findings.Count > 0)
        {
            throw Invalid(check);
        }

        using ScoringReply reply = await _transport.PostAsync(body, Timeout, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw ScoringErrors.From(_transport.Target, reply);
        }

        return Read(reply);
    }

    /// <inheritdoc/>
    public IMlRowStream OpenRowStream(MlRowStreamOptions options)
    {
        RowStream stream = new(_transport, options, _random);
        if (options.ThrottleLimit is null)
        {
            _ = LearnAdmissionAsync(stream);
        }

        return stream;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transport.Dispose();
        _reading.Dispose();
    }

    private static MlScoringResponse Read(ScoringReply reply)
    {
        object?[] predictions;
        try
        {
            predictions = ReplyParser.ReadRows(reply.Body) ?? [ReplyParser.ReadValue(reply.Body)];
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // A custom scoring script may answer with plain text.
            predictions = [reply.BodyText()];
        }

        return new MlScoringResponse
        {
            Body = reply.BodyText(),
            Deployment = reply.Deployment,
            RequestId = reply.RequestId,
            Latency = reply.Latency,
            Predictions =
            [
                .. predictions.Select((prediction, index) => new MlPrediction
                {
                    Index = index,
                    Prediction = prediction,
                    Deployment = reply.Deployment,
                    RequestId = reply.RequestId,
                    RequestLatency = reply.Latency,
                }),
            ],
        };
    }

    private MlValidationException Invalid(CheckResult check) => new(
        MlErrorIds.RequestInvalid,
        check.IsJson
            ? $"The request does not fit the model of {Where()}: {string.Join(Environment.NewLine, check.Findings)}"
            : check.Findings[0],
        check.IsJson ? MlErrorCategory.InvalidData : MlErrorCategory.ParserError)
    {
        Target = _transport.Target.DeploymentName ?? _transport.Target.EndpointName,
        RecommendedAction = "Nothing was sent. Correct the request, or make one from rows with ConvertTo-MlModelRequest.",
    };

    private string Where() => _transport.Target.DeploymentName is { } name
        ? $"deployment '{name}' of endpoint '{_transport.Target.EndpointName}'"
        : $"endpoint '{_transport.Target.EndpointName}'";

    private async Task<MlModelSignature?> FindSignatureAsync(CancellationToken cancellationToken)
    {
        if (_transport.Target.DeploymentName is { } pinned)
        {
            return await FindSignatureOfAsync(pinned, cancellationToken).ConfigureAwait(false);
        }

        if (await _transport.Source.GetLiveWeightsAsync(cancellationToken).ConfigureAwait(false) is not { } live)
        {
            // Without the control plane the description is that of whichever deployment answers.
            return await ReadSwaggerAsync(null, cancellationToken).ConfigureAwait(false);
        }

        string? firstName = null;
        MlModelSignature? first = null;
        foreach (string name in live.Keys.Order(StringComparer.OrdinalIgnoreCase))
        {
            MlModelSignature? signature = await FindSignatureOfAsync(name, cancellationToken).ConfigureAwait(false);
            if (signature is null)
            {
                return null;
            }

            if (first is not null && SignatureDifference.Describe(firstName!, first, name, signature) is { } difference)
            {
                throw new MlValidationException(
                    MlErrorIds.SignatureAmbiguous,
                    $"The live deployments of endpoint '{_transport.Target.EndpointName}' take different inputs: {difference}",
                    MlErrorCategory.InvalidOperation)
                {
                    Target = _transport.Target.EndpointName,
                    RecommendedAction = "Name the deployment that is meant with -Deployment.",
                };
            }

            firstName ??= name;
            first ??= signature;
        }

        return first;
    }

    private async Task<MlModelSignature?> FindSignatureOfAsync(string deploymentName, CancellationToken cancellationToken) =>
        await ReadSwaggerAsync(deploymentName, cancellationToken).ConfigureAwait(false)
        ?? await _transport.Source.ReadModelSignatureAsync(deploymentName, cancellationToken).ConfigureAwait(false);

    private async Task<MlModelSignature?> ReadSwaggerAsync(string? deploymentName, CancellationToken cancellationToken)
    {
        using ScoringReply reply = await _transport.GetSwaggerAsync(deploymentName, SwaggerTimeout, cancellationToken).ConfigureAwait(false);
        if (reply.Status is 401 or 403 || reply.Failure is not null)
        {
            throw ScoringErrors.From(_transport.Target, reply);
        }

        // A pin that is not honoured would describe another model.
        if (!reply.IsSuccess || (deploymentName is not null && reply.Deployment is { } answered && !answered.Equals(deploymentName, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        try
        {
            return SwaggerSignature.Read(Encoding.UTF8.GetBytes(reply.BodyText()));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // The smallest admission decides: each deployment gets its share of what is under way.
    private async Task LearnAdmissionAsync(RowStream stream)
    {
        try
        {
            IReadOnlyDictionary<string, int>? weights = _transport.Target.DeploymentName is { } pinned
                ? new Dictionary<string, int> { [pinned] = 100 }
                : await _transport.Source.GetLiveWeightsAsync(CancellationToken.None).ConfigureAwait(false);
            double admitted = double.PositiveInfinity;
            foreach ((string name, int weight) in weights ?? new Dictionary<string, int>())
            {
                if (weight > 0 && await _transport.Source.GetAdmissionAsync(name, CancellationToken.None).ConfigureAwait(false) is { } here)
                {
                    admitted = Math.Min(admitted, here * 100d / weight);
                }
            }

            if (double.IsFinite(admitted))
            {
                stream.Learn((int)Math.Clamp(admitted, 1, 256));
            }
        }
        catch (Exception exception) when (exception is MlException or OperationCanceledException)
        {
            // Only a hint: without it the stream starts low and grows.
        }
    }

    private sealed record SignatureAnswer(MlModelSignature Signature);
}
