using System.Collections;
using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Registers a new version of a model: from a local folder or file, which is uploaded, or from what is in a datastore or was logged by a run. Flavors and signature
/// are read from the MLmodel file.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
[OutputType(typeof(MlModel))]
public sealed class RegisterMlModelCommand : MlJobCmdletBase
{
    private const string ByPath = nameof(ByPath);
    private const string ByLiteralPath = nameof(ByLiteralPath);

    /// <summary>Name of the model. It may be left out where -DefinitionFile has one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string? Name { get; set; }

    /// <summary>Folder or file of the model, with wildcards; or a uri: azureml://… or runs:/…. It may be left out where -DefinitionFile has one.</summary>
    [Parameter(ParameterSetName = ByPath, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>Folder or file of the model as it stands, without wildcards.</summary>
    [Parameter(ParameterSetName = ByLiteralPath, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>
    /// Definition of the model as the Azure CLI takes it (YAML or JSON). Its paths count from its own folder. Parameters win over what the file says; entries of tags and properties are put together.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DefinitionFile { get; set; }

    /// <summary>Version to make. Without it the next number.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>Type of the model: mlflow_model, custom_model or triton_model. Without it, it is found from the content.</summary>
    [Parameter]
    [ValidateSet("mlflow_model", "custom_model", "triton_model")]
    public string? Type { get; set; }

    /// <summary>Free text.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Tags, as a hashtable.</summary>
    [Parameter]
    public IDictionary? Tag { get; set; }

    /// <summary>Service properties, as a hashtable.</summary>
    [Parameter]
    public IDictionary? Property { get; set; }

    /// <summary>Stage, such as Production.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Stage { get; set; }

    /// <summary>What to do when the newest version has the same content: NewVersion (default) or Reuse, which returns that one.</summary>
    [Parameter]
    public MlIfUnchanged IfUnchanged { get; set; }

    /// <summary>
    /// What to do when the version of -Version exists: Error (default), Skip (return it, after verifying that its content is the same) or Update (its description, tags and
    /// stage).
    /// </summary>
    [Parameter]
    [ValidateSet(nameof(MlIfExists.Error), nameof(MlIfExists.Skip), nameof(MlIfExists.Update))]
    public MlIfExists IfExists { get; set; }

    private protected override string? PipelineParameter => nameof(Path);

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlModelDefinition? definition = await ReadDefinitionAsync(
            DefinitionFile,
            (reader, path) => reader.ReadModel(path, ReplacedKeys(
                (nameof(Name), "name"), (nameof(Path), "path"), (nameof(LiteralPath), "path"), (nameof(Version), "version"), (nameof(Type), "type"),
                (nameof(Description), "description"), (nameof(Stage), "stage"))),
            read => read.Notes).ConfigureAwait(false);
        var registration = new MlModelRegistration
        {
            Name = Name ?? definition?.Name ?? throw Missing("what the model is to be called", nameof(Name), "name", definition?.File),
            Source = await InvokeAsync(Source).ConfigureAwait(false) ?? definition?.Source ?? throw Missing("where the model is", nameof(Path), "path", definition?.File),
            Version = Version ?? definition?.Version,
            ModelType = Type ?? definition?.ModelType,
            Flavors = definition?.Flavors,
            Description = Description ?? definition?.Description,
            Tags = MapOverlay.Full(MapOverlay.Over(MapOverlay.Nullable(definition?.Tags), ToTextMap(Tag), ignoreCase: true)),
            Properties = MapOverlay.Full(MapOverlay.Over(MapOverlay.Nullable(definition?.Properties), ToTextMap(Property), ignoreCase: true)),
            Stage = Stage ?? definition?.Stage,
            IfExists = IfExists,
            ReuseUnchanged = IfUnchanged == MlIfUnchanged.Reuse,
        };
        if (await Resolve(isChange: true).Models.RegisterAsync(registration, Context, cancellationToken).ConfigureAwait(false) is { } model)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }

    private string? Source()
    {
        if (ParameterSetName == ByLiteralPath)
        {
            return FileSystemPath.ResolveLiteral(this, LiteralPath);
        }

        if (Path is null)
        {
            return null;
        }

        bool isUri = Path.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase) || Path.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase);
        return isUri ? Path : FileSystemPath.ResolveOne(this, Path);
    }
}
