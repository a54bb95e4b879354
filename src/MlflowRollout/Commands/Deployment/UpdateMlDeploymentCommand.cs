using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Definitions;
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

    /// <summary>Name of the deployment. It may be left out where <c>-DefinitionFile</c> has one.</summary>
    [Parameter(Position = 0, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public string? Name { get; set; }

    /// <summary>Endpoint that it belongs to, by name or object. It may be left out where <c>-DefinitionFile</c> has its name.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByName)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>The deployment. It may be left out where <c>-DefinitionFile</c> has its name and that of its endpoint.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByInputObject)]
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
        bool fromFile = DefinitionFile is not null && !IsBound(nameof(Endpoint)) && !IsBound(nameof(InputObject));
        if ((!fromFile && SaysWhatIf(ParameterSetName == ByName ? Endpoint : InputObject, target, action)) ||
            (IsBound(nameof(Model)) && SaysWhatIf(Model, target, action)))
        {
            return;
        }

        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlDeploymentDefinition? definition = await ReadDefinitionAsync(
            (nameof(Name), "name"), (nameof(InputObject), "name"), (nameof(Endpoint), "endpoint_name"), (nameof(InputObject), "endpoint_name"), (nameof(Model), "model")).ConfigureAwait(false);
        EndpointTarget target = TargetOf(definition);
        ModelReference? model = ModelOf(Model, nameof(Model), definition);
        IMlWorkspaceClient client = Resolve(isChange: true, [.. target.Origins, model?.Origin]);
        (MlModel? found, string? reference) = model is null
            ? (null, null)
            : await ResolveModelAsync(model, client, cancellationToken).ConfigureAwait(false);

        MlDeploymentSettings settings = await InvokeAsync(() => Settings(found, reference, instanceType: null, definition)).ConfigureAwait(false);
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

    private EndpointTarget TargetOf(MlDeploymentDefinition? definition)
    {
        if (IsBound(nameof(InputObject)))
        {
            return EndpointTarget.From(endpoint: null, Required(InputObject, nameof(InputObject)));
        }

        EndpointReference endpoint = IsBound(nameof(Endpoint))
            ? Required(Endpoint, nameof(Endpoint))
            : new EndpointReference(definition?.EndpointName ?? throw Missing("which endpoint the deployment belongs to", nameof(Endpoint), "endpoint_name", definition?.Path));
        string name = Name ?? definition?.Name ?? throw Missing("which deployment is meant", nameof(Name), "name", definition?.Path);
        return EndpointTarget.From(endpoint, new DeploymentReference(name));
    }

    private (string Target, string Action) WhatIfText() => (
        ParameterSetName == ByName
            ? $"deployment '{Name}' of endpoint '{Endpoint?.Name ?? "(not made yet)"}'"
            : $"deployment '{InputObject?.Name ?? "(not made yet)"}'",
        "Update");
}
