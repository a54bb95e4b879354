namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>A cmdlet as the assembly declares it.</summary>
/// <param name="Verb">Verb.</param>
/// <param name="Noun">Noun.</param>
/// <param name="DefaultSet">Default parameter set; null when none is named.</param>
/// <param name="Parameters">Its own parameters, with <c>-WhatIf</c> and <c>-Confirm</c> where it has them.</param>
/// <param name="Outputs">What it writes.</param>
internal sealed record CmdletMetadata(
    string Verb, string Noun, string? DefaultSet, IReadOnlyList<ParameterMetadata> Parameters, IReadOnlyList<OutputMetadata> Outputs)
{
    /// <summary>Its name.</summary>
    internal string Name => $"{Verb}-{Noun}";

    /// <summary>Names of its parameter sets, the default one first; one unnamed set where it names none.</summary>
    internal IReadOnlyList<string> SetNames
    {
        get
        {
            string[] named = [.. Parameters
                .SelectMany(parameter => parameter.Uses)
                .Select(use => use.SetName)
                .Where(name => name != ParameterSetUse.AllSets)
                .Distinct(StringComparer.Ordinal)
                .OrderBy(name => name, StringComparer.Ordinal)];
            string[] sets = DefaultSet is null || named.Contains(DefaultSet) ? named : [DefaultSet, .. named];
            return sets.Length == 0 ? [ParameterSetUse.AllSets] : [.. sets.OrderByDescending(name => name == DefaultSet)];
        }
    }

    /// <summary>The parameters of a set in the order of its syntax: by position, then mandatory ones, then the others; <c>-WhatIf</c> and <c>-Confirm</c> last.</summary>
    /// <param name="setName">Parameter set.</param>
    internal IEnumerable<(ParameterMetadata Parameter, ParameterSetUse Use)> InSyntaxOrder(string setName) => Parameters
        .Select(parameter => (Parameter: parameter, Use: parameter.UseIn(setName)!))
        .Where(pair => pair.Use is not null)
        .OrderBy(pair => pair.Use.Position ?? int.MaxValue)
        .ThenBy(pair => IsCommon(pair.Parameter.Name))
        .ThenByDescending(pair => pair.Use.IsMandatory)
        .ThenBy(pair => pair.Parameter.Name, StringComparer.OrdinalIgnoreCase);

    private static bool IsCommon(string name) => name is "WhatIf" or "Confirm";
}
