using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Downloads registered model versions, verified against the hash that they were registered with. What exists is not overwritten unless -IfExists says so, and a
/// download that fails leaves nothing.
/// </summary>
[Cmdlet(VerbsData.Save, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(DirectoryInfo), typeof(FileInfo))]
public sealed class SaveMlModelCommand : MlJobCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByNameLiteralPath = nameof(ByNameLiteralPath);
    private const string ByInputObject = nameof(ByInputObject);
    private const string ByInputObjectLiteralPath = nameof(ByInputObjectLiteralPath);

    /// <summary>Names, with wildcards.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = ByNameLiteralPath, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>A version, latest (default), * for all, or a pattern.</summary>
    [Parameter(ParameterSetName = ByName, Position = 1)]
    [Parameter(ParameterSetName = ByNameLiteralPath, Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public string? Version { get; set; }

    /// <summary>The model version, by object or reference, such as azureml:heart:3.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ByInputObjectLiteralPath, Mandatory = true, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Folder that becomes the model's folder. It may be a script block, in which $_ is the piped model.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true)]
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The same as it stands, without wildcards.</summary>
    [Parameter(ParameterSetName = ByNameLiteralPath, Mandatory = true)]
    [Parameter(ParameterSetName = ByInputObjectLiteralPath, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>What to do when it exists: Error (default), Skip (keep it, after verifying that it is the same) or Update (replace it; asks first).</summary>
    [Parameter]
    [ValidateSet(nameof(MlIfExists.Error), nameof(MlIfExists.Skip), nameof(MlIfExists.Update))]
    public MlIfExists IfExists { get; set; }

    /// <summary>Does not ask. It never overwrites; -IfExists says that.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override string? PipelineParameter => nameof(Model);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("a model that is not registered yet", "Save");

    private bool IsPiped => ParameterSetName is ByInputObject or ByInputObjectLiteralPath;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!IsPiped || !SaysWhatIf(Model, "a model that is not registered yet", "Save"))
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        ModelReference? piped = IsPiped ? Required(Model, nameof(Model)) : null;
        IMlModelClient client = Resolve(isChange: true, piped?.Origin).Models;
        bool isLiteral = ParameterSetName is ByNameLiteralPath or ByInputObjectLiteralPath;
        string path = await InvokeAsync(() => isLiteral ? FileSystemPath.ResolveNew(this, LiteralPath) : FileSystemPath.ResolveTarget(this, Path)).ConfigureAwait(false);
        IReadOnlyList<(string Name, string Version)> versions = piped is null
            ? await ModelSelection.FindAsync(client, Name, Version, includeArchived: false, ForEachAsync, cancellationToken).ConfigureAwait(false)
            : [await ModelSelection.IdentifyAsync(client, piped, cancellationToken).ConfigureAwait(false)];
        var download = new MlModelDownload { Path = path, IfExists = IfExists };
        await ForEachAsync(versions, async version =>
        {
            if (await client.SaveAsync(version.Name, version.Version, download, Context, cancellationToken).ConfigureAwait(false) is { } saved)
            {
                await WriteObjectAsync(Directory.Exists(saved) ? new DirectoryInfo(saved) : new FileInfo(saved)).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }
}
