using System.Collections;
using System.Management.Automation;
using MlflowRollout.Completion;
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

    /// <summary>Name of the model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>Folder or file of the model, with wildcards; or a uri: azureml://… or runs:/….</summary>
    [Parameter(ParameterSetName = ByPath, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string Path { get; set; } = string.Empty;

    /// <summary>Folder or file of the model as it stands, without wildcards.</summary>
    [Parameter(ParameterSetName = ByLiteralPath, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

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
        var registration = new MlModelRegistration
        {
            Name = Name,
            Source = await InvokeAsync(Source).ConfigureAwait(false),
            Version = Version,
            ModelType = Type,
            Description = Description,
            Tags = ToFullTextMap(Tag),
            Properties = ToFullTextMap(Property),
            Stage = Stage,
            IfExists = IfExists,
            ReuseUnchanged = IfUnchanged == MlIfUnchanged.Reuse,
        };
        if (await Resolve(isChange: true).Models.RegisterAsync(registration, Context, cancellationToken).ConfigureAwait(false) is { } model)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }

    private string Source()
    {
        if (ParameterSetName == ByLiteralPath)
        {
            return FileSystemPath.ResolveLiteral(this, LiteralPath);
        }

        bool isUri = Path.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase) || Path.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase);
        return isUri ? Path : FileSystemPath.ResolveOne(this, Path);
    }
}
