using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Output;

/// <summary>Writes the generated blocks of a source anew and leaves everything else as it is.</summary>
internal static class DocumentUpdate
{
    /// <summary>The source with current blocks.</summary>
    /// <param name="document">The source as it is.</param>
    /// <param name="cmdlet">Its cmdlet.</param>
    internal static string Apply(CmdletDocument document, CmdletMetadata cmdlet)
    {
        List<string> lines = [.. document.Source.Lines];

        // From the end to the beginning, so that line numbers before the change stay true.
        foreach (ParameterDocument parameter in document.Parameters.OrderByDescending(parameter => parameter.Line))
        {
            ParameterMetadata? metadata = cmdlet.Parameters.FirstOrDefault(candidate => candidate.Name == parameter.Name);
            if (metadata is null)
            {
                continue;
            }

            int end = parameter.EndLine;
            int start = parameter.Description.Count > 0 ? parameter.Description[^1].EndLine : parameter.Line;
            int firstTable = parameter.Tables.Count > 0 ? parameter.Tables[0].Line - 1 : end;
            start = Math.Min(start, firstTable);
            lines.RemoveRange(start, end - start);
            lines.InsertRange(start, [string.Empty, .. ParameterTable.Lines(cmdlet, metadata, parameter.DefaultValue)]);
        }

        lines.RemoveRange(document.Syntax.Line, document.SyntaxEndLine - document.Syntax.Line);
        lines.InsertRange(document.Syntax.Line, SyntaxText.Lines(cmdlet));
        return string.Join('\n', lines).TrimEnd('\n') + "\n";
    }
}
