using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that change registered model versions: picks the versions, one after the other.</summary>
public abstract class MlModelChangeCmdletBase : MlConnectedCmdletBase
{
    private protected const string ByName = nameof(ByName);
    private protected const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names, with wildcards.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The version, latest, * for all, or a pattern. It must be said: nothing is changed by default.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public string Version { get; set; } = string.Empty;

    /// <summary>The model version, by object or reference, such as azureml:heart:3.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    private protected override string? PipelineParameter => nameof(Model);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("a model that is not registered yet", ActionText);

    /// <summary>What is done, for <c>-WhatIf</c>.</summary>
    private protected abstract string ActionText { get; }

    /// <summary>True when archived versions count too.</summary>
    private protected virtual bool IncludesArchived => true;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != ByInputObject || !SaysWhatIf(Model, "a model that is not registered yet", ActionText))
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        ModelReference? piped = ParameterSetName == ByInputObject ? Required(Model, nameof(Model)) : null;
        IMlWorkspaceClient workspace = Resolve(isChange: true, piped?.Origin);
        IReadOnlyList<(string Name, string Version)> versions = piped is null
            ? await ModelSelection.FindAsync(workspace.Models, Name, Version, IncludesArchived, ForEachAsync, cancellationToken).ConfigureAwait(false)
            : [await ModelSelection.IdentifyAsync(workspace.Models, piped, cancellationToken).ConfigureAwait(false)];
        await ForEachAsync(versions, version => ChangeAsync(workspace.Models, version.Name, version.Version, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Changes one version.</summary>
    private protected abstract Task ChangeAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken);
}
