using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Deletes online endpoints with all of their deployments. Asks first when there are any.</summary>
[Cmdlet(VerbsCommon.Remove, "MlEndpoint", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpoint))]
public sealed class RemoveMlEndpointCommand : MlLongRunningCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names, with wildcards.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The endpoint, by name or object.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("EndpointName", "InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the endpoint as it was.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override string? PipelineParameter => nameof(Endpoint);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("an endpoint that is not made yet", "Delete");

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != ByInputObject || !SaysWhatIf(Endpoint, "an endpoint that is not made yet", "Delete"))
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference? piped = ParameterSetName == ByInputObject ? Required(Endpoint, nameof(Endpoint)) : null;
        IMlWorkspaceClient client = Resolve(isChange: true, piped?.Origin);
        IReadOnlyList<string> names = piped is null ? await FindAsync(client, cancellationToken).ConfigureAwait(false) : [piped.Name];
        await ForEachAsync(names, async name =>
        {
            MlEndpoint? removed = await client.Endpoints.RemoveAsync(name, NoWait, Timeout, Context, cancellationToken).ConfigureAwait(false);
            if (removed is not null && PassThru)
            {
                await WriteObjectAsync(removed).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> FindAsync(IMlWorkspaceClient client, CancellationToken cancellationToken)
    {
        var selection = new NameSelection(Name);
        List<string> names = [.. selection.Literals];
        if (selection.HasPatterns)
        {
            // The whole list first: deleting changes the pages that are still to be read.
            await foreach (MlEndpoint endpoint in client.Endpoints.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                if (selection.MatchesPattern(endpoint.Name))
                {
                    names.Add(endpoint.Name);
                }
            }
        }

        return names;
    }
}
