using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>
/// Waits until the operation that runs on a deployment ends, whoever started it and in whatever process, and returns the deployment. It is an error when the
/// operation fails or the time is over.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "MlDeployment", DefaultParameterSetName = ByInputObject)]
[OutputType(typeof(MlDeployment))]
public sealed class WaitMlDeploymentCommand : MlWaitingCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    private bool _gotInput;

    /// <summary>Name of the deployment.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>Endpoint that it belongs to, by name or object.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByName)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>The deployment.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByInputObject)]
    [AllowNull]
    public DeploymentReference? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;

        // Under -WhatIf an earlier step made nothing, so there is nothing to wait for.
        if (IsWhatIf && (ParameterSetName == ByName ? (object?)Endpoint : InputObject) is null)
        {
            return;
        }

        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointTarget target = ParameterSetName == ByName
            ? EndpointTarget.From(Required(Endpoint, nameof(Endpoint)), new DeploymentReference(Name))
            : EndpointTarget.From(endpoint: null, Required(InputObject, nameof(InputObject)));
        MlDeployment deployment = await Resolve(isChange: false, target.Origins).Deployments
            .WaitAsync(target.EndpointName, target.DeploymentName!, Timeout, Context, cancellationToken).ConfigureAwait(false);
        await WriteObjectAsync(deployment).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!_gotInput && !IsWhatIf && EmptyPipeline.Error(MyInvocation, ParameterSetName == ByName ? nameof(Endpoint) : nameof(InputObject)) is { } error)
        {
            Report(error);
            return;
        }

        base.EndProcessing();
    }
}
