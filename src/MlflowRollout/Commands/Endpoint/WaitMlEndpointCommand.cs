using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Waits until the operation that runs on an endpoint has ended, whoever started it, and returns the endpoint. It is an error when the operation fails and when the
/// time is over.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "MlEndpoint", DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpoint))]
public sealed class WaitMlEndpointCommand : MlWaitingCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names of the endpoints.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The endpoint, by name or object.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("EndpointName", "InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    private protected override string? PipelineParameter => nameof(Endpoint);

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference[] endpoints = ParameterSetName == ByName
            ? [.. Name.Select(name => new EndpointReference(name))]
            : [Required(Endpoint, nameof(Endpoint))];
        return ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: false, endpoint.Origin);
            await WriteObjectAsync(await client.Endpoints.WaitAsync(endpoint.Name, Timeout, Context, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        });
    }
}
