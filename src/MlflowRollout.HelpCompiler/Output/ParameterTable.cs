using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Output;

/// <summary>Generates the tables below the parameter headings. Parameter sets in which a parameter behaves alike share one table.</summary>
internal static class ParameterTable
{
    /// <summary>All tables of a parameter as text, each between its fences, with a blank line after each.</summary>
    /// <param name="cmdlet">Cmdlet.</param>
    /// <param name="parameter">Parameter.</param>
    /// <param name="defaultValue">The one line that is written by hand.</param>
    internal static IReadOnlyList<string> Lines(CmdletMetadata cmdlet, ParameterMetadata parameter, string? defaultValue)
    {
        List<string> lines = [];
        foreach (string table in Tables(cmdlet, parameter, defaultValue))
        {
            lines.AddRange(["```yaml", .. table.Split('\n'), "```", string.Empty]);
        }

        return lines;
    }

    /// <summary>The tables of a parameter, without fences.</summary>
    /// <param name="cmdlet">Cmdlet.</param>
    /// <param name="parameter">Parameter.</param>
    /// <param name="defaultValue">Default value; null for none.</param>
    internal static IReadOnlyList<string> Tables(CmdletMetadata cmdlet, ParameterMetadata parameter, string? defaultValue)
    {
        List<(ParameterSetUse Use, List<string> Sets)> groups = [];
        foreach (string set in cmdlet.SetNames)
        {
            if (parameter.UseIn(set) is not { } use)
            {
                continue;
            }

            int index = groups.FindIndex(group => group.Use.IsAlike(use));
            if (index < 0)
            {
                groups.Add((use, [set]));
            }
            else
            {
                groups[index].Sets.Add(set);
            }
        }

        return [.. groups.Select(group => Table(parameter, group.Use, group.Sets.Count == cmdlet.SetNames.Count ? "(All)" : string.Join(", ", group.Sets), defaultValue))];
    }

    private static string Table(ParameterMetadata parameter, ParameterSetUse use, string sets, string? defaultValue)
    {
        List<string> lines = [$"Type: {parameter.TypeName}", $"Parameter Sets: {sets}", $"Aliases: {(parameter.Aliases.Count == 0 ? "None" : string.Join(", ", parameter.Aliases))}"];
        if (parameter.AcceptedValues.Count > 0)
        {
            lines.Add($"Accepted values: {string.Join(", ", parameter.AcceptedValues)}");
        }

        lines.AddRange(
        [
            string.Empty,
            $"Required: {use.IsMandatory}",
            $"Position: {use.PositionText}",
            $"Default value: {defaultValue ?? (parameter.IsSwitch ? "False" : "None")}",
            $"Accept pipeline input: {use.PipelineInput}",
            $"Accept wildcard characters: {parameter.AcceptsWildcards}",
        ]);
        return string.Join('\n', lines);
    }
}
