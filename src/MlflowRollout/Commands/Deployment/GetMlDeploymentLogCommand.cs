using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Gets the last lines that a deployment's container logged. It also takes a deployment that failed, or the error that says so:
/// <c>$Error[0] | Get-MlDeploymentLog</c>.
/// </summary>
[Cmdlet(VerbsCommon.Get, "MlDeploymentLog", DefaultParameterSetName = ByInputObject)]
[OutputType(typeof(MlLogLine))]
public sealed class GetMlDeploymentLogCommand : MlConnectedCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Name of the deployment.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>Endpoint that it belongs to, by name or object.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByName)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>The deployment, or an error whose target it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByInputObject)]
    [Alias("TargetObject")]
    [AllowNull]
    public DeploymentReference? InputObject { get; set; }

    /// <summary>Container to read: the one that runs the model (default), or the one that fetches it before.</summary>
    [Parameter]
    public MlDeploymentContainer Container { get; set; }

    /// <summary>How many lines at most; 5000 when left out.</summary>
    [Parameter]
    [WholeNumberTransformation]
    [ValidateRange(1, int.MaxValue)]
    public int? Tail { get; set; }

    /// <summary>Goes on with new lines as they come, until Ctrl-C.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointTarget target = ParameterSetName == ByName
            ? EndpointTarget.From(Required(Endpoint, nameof(Endpoint)), new DeploymentReference(Name))
            : EndpointTarget.From(endpoint: null, Required(InputObject, nameof(InputObject)));
        IMlDeploymentClient client = Resolve(isChange: false, target.Origins).Deployments;
        if (Follow)
        {
            await foreach (string line in client.FollowLogAsync(target.EndpointName, target.DeploymentName!, Container, Tail, cancellationToken).ConfigureAwait(false))
            {
                await WriteObjectAsync(LogLine(target, line)).ConfigureAwait(false);
            }

            return;
        }

        IReadOnlyList<string> lines = await client.GetLogAsync(target.EndpointName, target.DeploymentName!, Container, Tail, cancellationToken).ConfigureAwait(false);
        await InvokeAsync(() =>
        {
            foreach (string line in lines)
            {
                WriteObject(LogLine(target, line));
            }
        }).ConfigureAwait(false);
    }

    private MlLogLine LogLine(EndpointTarget target, string line) =>
        new() { EndpointName = target.EndpointName, DeploymentName = target.DeploymentName!, Container = Container, Line = line };
}
