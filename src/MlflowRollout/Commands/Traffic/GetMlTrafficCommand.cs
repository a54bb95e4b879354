using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>
/// Gets the live and mirrored weights of an endpoint. Kept in a variable and piped to <c>Set-MlTraffic</c> later, the object restores them.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MlTraffic")]
[OutputType(typeof(MlTraffic))]
public sealed class GetMlTrafficCommand : MlConnectedCmdletBase
{
    /// <summary>Endpoint, by name or object. Anything that belongs to an endpoint, such as a deployment, names it too.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference endpoint = Required(Endpoint, nameof(Endpoint));
        MlTraffic traffic = await Resolve(isChange: false, endpoint.Origin).Traffic.GetAsync(endpoint.Name, cancellationToken).ConfigureAwait(false);
        await WriteObjectAsync(traffic).ConfigureAwait(false);
    }
}
