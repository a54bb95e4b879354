using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that bring registered model versions somewhere else: picks the versions, one after the other.</summary>
public abstract class MlModelTransferCmdletBase : MlJobCmdletBase
{
    private protected const string ByName = nameof(ByName);
    private protected const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names, with wildcards.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>A version, latest (default), * for all, or a pattern.</summary>
    [Parameter(ParameterSetName = ByName, Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public string? Version { get; set; }

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
        IMlModelClient client = Resolve(isChange: true, piped?.Origin).Models;
        IReadOnlyList<(string Name, string Version)> versions = piped is null
            ? await ModelSelection.FindAsync(client, Name, Version, includeArchived: false, ForEachAsync, cancellationToken).ConfigureAwait(false)
            : [await ModelSelection.IdentifyAsync(client, piped, cancellationToken).ConfigureAwait(false)];
        await ForEachAsync(versions, version => TransferAsync(client, version.Name, version.Version, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Brings one version where it is to be.</summary>
    private protected abstract Task TransferAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken);
}
