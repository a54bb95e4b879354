namespace MlflowRollout.Testing;

/// <summary>How an emulator process is started.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The data folder; by default a temporary one that goes with the process.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How long operations take: <c>none</c>, <c>realistic</c> or a duration.</summary>
    public string OperationDelay { get; init; } = "none";

    /// <summary>The Python interpreter for Python flavors.</summary>
    public string? Python { get; init; }

    /// <summary>Ignores features that the emulator does not know.</summary>
    public bool Loose { get; init; }

    /// <summary>More arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The <c>dotnet</c> that runs it; null for the one that runs the tests.</summary>
    public string? DotNet { get; init; }

    /// <summary>A program, with its arguments, that starts the emulator instead of the test itself: it gets the command line at its end.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Environment variables of the process.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>How long the start may take.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
