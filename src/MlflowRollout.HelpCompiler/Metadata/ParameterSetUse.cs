namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>How a parameter behaves in one parameter set.</summary>
/// <param name="SetName">Parameter set; <see cref="AllSets"/> for every one.</param>
/// <param name="IsMandatory">Must be given.</param>
/// <param name="Position">Position from 0; null when it is given by name only.</param>
/// <param name="ByValue">Takes piped objects.</param>
/// <param name="ByPropertyName">Takes a property of piped objects.</param>
/// <param name="TakesRemaining">Takes all arguments that are left.</param>
internal sealed record ParameterSetUse(string SetName, bool IsMandatory, int? Position, bool ByValue, bool ByPropertyName, bool TakesRemaining)
{
    /// <summary>PowerShell's name for every parameter set.</summary>
    internal const string AllSets = "__AllParameterSets";

    /// <summary>As help shows it: <c>True (ByPropertyName, ByValue)</c>.</summary>
    internal string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    /// <summary>As help shows it: a number or <c>Named</c>.</summary>
    internal string PositionText => Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "Named";

    /// <summary>True when both behave alike, whatever their sets.</summary>
    internal bool IsAlike(ParameterSetUse other) => this with { SetName = other.SetName } == other;
}
