namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>What an interpreter says about itself.</summary>
/// <param name="Executable">The interpreter proper: what was asked may be a launcher that starts another.</param>
/// <param name="Found">Imported modules and their versions.</param>
/// <param name="Missing">Modules that do not import, each with the reason.</param>
/// <param name="Failure">Why it does not run at all; null where it does.</param>
internal sealed record InterpreterReport(
    string Executable,
    string Version,
    IReadOnlyDictionary<string, string> Found,
    IReadOnlyDictionary<string, string> Missing,
    string? Failure)
{
    private static readonly Dictionary<string, string> None = [];

    public bool Fits => Failure is null && Missing.Count == 0;

    public static InterpreterReport Broken(string failure) => new(string.Empty, string.Empty, None, None, failure);

    /// <summary>One line of the account of what was tried.</summary>
    public string Describe(string asked)
    {
        var same = Executable.Length == 0 || Executable == asked;
        var name = same ? asked : $"{asked} ({Executable})";
        return Failure is not null
            ? $"{name}: {Failure}"
            : $"{name}, Python {Version}: {(Missing.Count == 0 ? "has all" : $"does not import {string.Join(", ", Missing.Select(m => $"{m.Key} ({m.Value})"))}")}";
    }
}
