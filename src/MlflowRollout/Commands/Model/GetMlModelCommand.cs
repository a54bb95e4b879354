using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets registered models: the newest version of each, or the versions asked for. A model that is piped is read anew.</summary>
[Cmdlet(VerbsCommon.Get, "MlModel", DefaultParameterSetName = ByName)]
[OutputType(typeof(MlModel))]
public sealed class GetMlModelCommand : MlConnectedCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names, with wildcards. Without it all are returned.</summary>
    [Parameter(ParameterSetName = ByName, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>A version, latest (default), * for all, or a pattern.</summary>
    [Parameter(ParameterSetName = ByName, Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Archived models and versions too.</summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter IncludeArchived { get; set; }

    /// <summary>The model version, by object or reference, such as azureml:heart:3.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    private protected override string? PipelineParameter => nameof(Model);

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == ByInputObject)
        {
            ModelReference model = Required(Model, nameof(Model));
            IMlModelClient owner = Resolve(isChange: false, model.Origin).Models;
            await WriteObjectAsync(await owner.ResolveAsync(model.Text, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        IMlModelClient client = Resolve(isChange: false).Models;
        await ForEachAsync(ModelSelection.Queries(Name, Version, IncludeArchived), async query =>
        {
            await foreach (MlModel model in client.ListAsync(query, cancellationToken).ConfigureAwait(false))
            {
                await WriteObjectAsync(model).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }
}
