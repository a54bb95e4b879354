namespace MlflowRollout.Services;

/// <summary>How to start an emulator.</summary>
public sealed class MlEmulatorOptions
{
    /// <summary>Folders to search for the emulator's package, in order: beside this module, then the module path.</summary>
    public IReadOnlyList<string> PackageFolders { get; init; } = [];

    /// <summary>Folder of its data; null for the user's default one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Port; 0 or null for the one used last, else any free one.</summary>
    public int? Port { get; init; }

    /// <summary>Where it writes its connection file; null for its data folder.</summary>
    public string? ConnectionFile { get; init; }

    /// <summary><c>none</c>, <c>realistic</c> or a duration; null for none.</summary>
    public string? OperationDelay { get; init; }

    /// <summary><c>none</c>, <c>realistic</c> or a duration; null for none.</summary>
    public string? MetricDelay { get; init; }

    /// <summary>Python interpreter for Python model servers; null to search.</summary>
    public string? Python { get; init; }

    /// <summary>True: the data goes when the emulator ends, and it ends with this process.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Time until it must be ready; null for 30 s.</summary>
    public TimeSpan? StartTimeout { get; init; }
}
