using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets online endpoints with their state and traffic. An object that is piped is read anew.</summary>
[Cmdlet(VerbsCommon.Get, "MlEndpoint", DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpoint))]
public sealed class GetMlEndpointCommand : MlConnectedCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names, with wildcards. Without it all are returned.</summary>
    [Parameter(ParameterSetName = ByName, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The endpoint, by name or object; also the endpoint of a deployment.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("EndpointName", "InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    private protected override string? PipelineParameter => nameof(Endpoint);

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == ByInputObject)
        {
            EndpointReference endpoint = Required(Endpoint, nameof(Endpoint));
            IMlWorkspaceClient owner = Resolve(isChange: false, endpoint.Origin);
            await WriteObjectAsync(await owner.Endpoints.GetAsync(endpoint.Name, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        IMlWorkspaceClient client = Resolve(isChange: false);
        var selection = new NameSelection(Name);
        await ForEachAsync(selection.Literals, async name =>
            await WriteObjectAsync(await client.Endpoints.GetAsync(name, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false)).ConfigureAwait(false);
        if (!selection.HasPatterns)
        {
            return;
        }

        await foreach (MlEndpoint endpoint in client.Endpoints.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (selection.MatchesPattern(endpoint.Name))
            {
                await WriteObjectAsync(endpoint).ConfigureAwait(false);
            }
        }
    }
}
