using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Changes a deployment: its size, its request settings, its tags, or its model. The service replaces instances one by one, and what is not named stays as it
/// is. A deployment with live traffic gets another model or other settings only with <c>-AllowLive</c>; deploying beside it and moving traffic is the safer way.
/// </summary>
[Cmdlet(VerbsData.Update, "MlDeployment", SupportsShouldProcess = true, DefaultParameterSetName = ByInputObject)]
[OutputType(typeof(MlDeployment))]
public sealed class UpdateMlDeploymentCommand : MlDeploymentSettingsCmdletBase
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

    /// <summary>Model version that it shall run, in any form that <c>New-MlDeployment</c> takes.</summary>
    [Parameter]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    private protected override (string Target, string Action)? WhatIfWithoutInput => WhatIfText();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;
        (string target, string action) = WhatIfText();
        if (SaysWhatIf(ParameterSetName == ByName ? Endpoint : InputObject, target, action) ||
            (IsBound(nameof(Model)) && SaysWhatIf(Model, target, action)))
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
        ModelReference? model = IsBound(nameof(Model)) ? Required(Model, nameof(Model)) : null;
        IMlWorkspaceClient client = Resolve(isChange: true, [.. target.Origins, model?.Origin]);
        (MlModel? found, string? reference) = model is null
            ? (null, null)
            : await ResolveModelAsync(model, client, cancellationToken).ConfigureAwait(false);

        MlDeploymentSettings settings = await InvokeAsync(() => Settings(found, reference, instanceType: null)).ConfigureAwait(false);
        MlDeployment? changed = await client.Deployments.UpdateAsync(
            target.EndpointName, target.DeploymentName!, settings, AllowLive, NoWait, Timeout, Context, cancellationToken)
            .ConfigureAwait(false);
        if (changed is not null)
        {
            await WriteObjectAsync(changed).ConfigureAwait(false);
        }
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

    private (string Target, string Action) WhatIfText() => (
        ParameterSetName == ByName
            ? $"deployment '{Name}' of endpoint '{Endpoint?.Name ?? "(not made yet)"}'"
            : $"deployment '{InputObject?.Name ?? "(not made yet)"}'",
        "Update");
}
