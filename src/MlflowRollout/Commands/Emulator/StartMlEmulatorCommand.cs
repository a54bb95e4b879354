using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Starts an emulator of an Azure Machine Learning workspace in the background and returns when it answers.</summary>
/// <remarks>One that runs already on the same data folder is returned as it is. It listens on the loopback address only.</remarks>
[Cmdlet(VerbsLifecycle.Start, "MlEmulator", SupportsShouldProcess = true)]
[OutputType(typeof(MlEmulator))]
public sealed class StartMlEmulatorCommand : MlCmdletBase
{
    /// <summary>Folder of its data; made when it does not exist. By default that of the user.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? DataFolder { get; set; }

    /// <summary>Port to listen on. By default the one used last, else any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? Port { get; set; }

    /// <summary>File to write that tells clients how to reach it. By default it is in the data folder.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConnectionFile { get; set; }

    /// <summary>How long operations take: None (default), Realistic, or a duration such as 5s.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(OperationDelayCompleter))]
    [ValidateNotNullOrEmpty]
    public string? OperationDelay { get; set; }

    /// <summary>How late metrics appear: None (default), Realistic (three minutes), or a duration such as 30s.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MetricDelayCompleter))]
    [ValidateNotNullOrEmpty]
    public string? MetricDelay { get; set; }

    /// <summary>Python interpreter that runs models without an ONNX flavor. By default it is searched.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Python { get; set; }

    /// <summary>Its data goes when it ends, and it ends with this process.</summary>
    [Parameter]
    public SwitchParameter Ephemeral { get; set; }

    /// <summary>Time until it must answer, 30 seconds by default.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlEmulatorOptions options = await InvokeAsync(Options).ConfigureAwait(false);
        if (await Engine.Emulators.StartAsync(options, Context, cancellationToken).ConfigureAwait(false) is { } emulator)
        {
            await WriteObjectAsync(emulator).ConfigureAwait(false);
        }
    }

    private MlEmulatorOptions Options() => new()
    {
        PackageFolders = EmulatorPackageFolders.Find(),
        DataFolder = DataFolder is null ? null : FileSystemPath.ResolveNew(this, DataFolder),
        Port = Port,
        ConnectionFile = ConnectionFile is null ? null : FileSystemPath.ResolveNew(this, ConnectionFile),
        OperationDelay = OperationDelay is null ? null : ReadDelay(nameof(OperationDelay), OperationDelay),
        MetricDelay = MetricDelay is null ? null : ReadDelay(nameof(MetricDelay), MetricDelay),
        Python = PythonPath(),
        Ephemeral = Ephemeral,
        StartTimeout = Timeout,
    };

    /// <summary>A bare name is searched on the path by the emulator; anything else is a path of this session.</summary>
    private string? PythonPath() =>
        Python is null || (!Python.Contains('/', StringComparison.Ordinal) && !Python.Contains('\\', StringComparison.Ordinal)) ? Python : FileSystemPath.ResolveLiteral(this, Python);

    /// <summary>The emulator reads a word or a duration such as <c>2.5s</c>.</summary>
    private static string ReadDelay(string parameter, string text)
    {
        if (text.Equals("None", StringComparison.OrdinalIgnoreCase) || text.Equals("Realistic", StringComparison.OrdinalIgnoreCase))
        {
            return text.ToLowerInvariant();
        }

        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"{DurationTransformationAttribute.Parse(text).TotalMilliseconds:0}ms");
        }
        catch (ArgumentTransformationMetadataException e)
        {
            throw new MlValidationException(MlErrorIds.DurationInvalid, $"-{parameter}: {e.Message}", MlErrorCategory.InvalidArgument, e)
            {
                Target = text,
                RecommendedAction = "Give None, Realistic, or a duration such as '5s'.",
            };
        }
    }
}
