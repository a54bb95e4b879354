using System.Text;
using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Output;

/// <summary>Generates the SYNTAX blocks.</summary>
internal static class SyntaxText
{
    private const int Width = 110;

    /// <summary>The lines below the SYNTAX heading, with a blank line at each end.</summary>
    /// <param name="cmdlet">Cmdlet.</param>
    internal static IReadOnlyList<string> Lines(CmdletMetadata cmdlet)
    {
        List<string> lines = [string.Empty];
        foreach (string set in cmdlet.SetNames)
        {
            if (cmdlet.SetNames.Count > 1)
            {
                lines.AddRange([$"### {set}{(set == cmdlet.DefaultSet ? " (Default)" : string.Empty)}", string.Empty]);
            }

            lines.Add("```");
            lines.AddRange(Wrapped(cmdlet, set));
            lines.AddRange(["```", string.Empty]);
        }

        return lines;
    }

    /// <summary>One parameter as syntax shows it, such as <c>[-Name] &lt;String&gt;</c>.</summary>
    /// <param name="parameter">Parameter.</param>
    /// <param name="use">Its behaviour in the set.</param>
    internal static string Of(ParameterMetadata parameter, ParameterSetUse use)
    {
        string name = use.Position is null ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        string text = parameter.IsSwitch ? name : $"{name} <{parameter.TypeName}>";
        return use.IsMandatory ? text : $"[{text}]";
    }

    private static IEnumerable<string> Wrapped(CmdletMetadata cmdlet, string set)
    {
        var line = new StringBuilder(cmdlet.Name);
        foreach (string part in cmdlet.InSyntaxOrder(set).Select(pair => Of(pair.Parameter, pair.Use)).Append("[<CommonParameters>]"))
        {
            if (line.Length + 1 + part.Length > Width)
            {
                yield return line.ToString();
                line.Clear().Append(' ');
            }

            line.Append(' ').Append(part);
        }

        yield return line.ToString();
    }
}
