using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Metadata;
using MlflowRollout.HelpCompiler.Output;

namespace MlflowRollout.HelpCompiler.Checks;

/// <summary>Compares sources with the assembly, both ways.</summary>
internal static class DocumentCheck
{
    /// <summary>How to bring generated blocks up to date.</summary>
    internal const string UpdateAdvice =
        "Run 'dotnet build module/MlflowRollout.Package.csproj -t:UpdateHelpSources' and commit what it changes.";

    /// <summary>Checks that every cmdlet has a source and every source a cmdlet.</summary>
    /// <param name="cmdlets">Cmdlets.</param>
    /// <param name="documents">Sources.</param>
    /// <param name="folder">Folder of the sources.</param>
    internal static IEnumerable<HelpProblem> Pairs(IReadOnlyList<CmdletMetadata> cmdlets, IReadOnlyList<CmdletDocument> documents, string folder)
    {
        foreach (CmdletMetadata cmdlet in cmdlets.Where(cmdlet => documents.All(document => document.Name != cmdlet.Name)))
        {
            yield return new HelpProblem(Path.Combine(folder, cmdlet.Name + ".md"), 0, HelpProblemCodes.Cmdlet, $"{cmdlet.Name} has no help source that can be read. Write this file.");
        }

        foreach (CmdletDocument document in documents.Where(document => cmdlets.All(cmdlet => cmdlet.Name != document.Name)))
        {
            yield return new HelpProblem(document.Source.File, 1, HelpProblemCodes.Cmdlet, $"There is no cmdlet {document.Name}. Delete or rename the file.");
        }
    }

    /// <summary>Checks that the parameters of a source are those of its cmdlet.</summary>
    /// <param name="document">Source.</param>
    /// <param name="cmdlet">Cmdlet.</param>
    internal static IEnumerable<HelpProblem> Parameters(CmdletDocument document, CmdletMetadata cmdlet)
    {
        string file = document.Source.File;
        foreach (ParameterMetadata parameter in cmdlet.Parameters.Where(parameter => document.Parameters.All(text => text.Name != parameter.Name)))
        {
            yield return new HelpProblem(
                file, document.ParametersLine, HelpProblemCodes.Parameter, $"{cmdlet.Name}: parameter -{parameter.Name} has no text. Write it below a heading '### -{parameter.Name}'.");
        }

        foreach (ParameterDocument text in document.Parameters)
        {
            if (cmdlet.Parameters.All(parameter => parameter.Name != text.Name))
            {
                yield return new HelpProblem(file, text.Line, HelpProblemCodes.Parameter, $"{cmdlet.Name}: there is no parameter -{text.Name}. Delete its heading and text, or mind the case of its name.");
            }
            else if (text.Description.Count == 0)
            {
                yield return new HelpProblem(file, text.Line, HelpProblemCodes.Parameter, $"{cmdlet.Name}: the heading of -{text.Name} has no text below it. Say what the parameter does.");
            }
        }

        foreach (IGrouping<string, ParameterDocument> twice in document.Parameters.GroupBy(text => text.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return new HelpProblem(file, twice.Last().Line, HelpProblemCodes.Parameter, $"{cmdlet.Name}: -{twice.Key} has {twice.Count()} headings. Keep one.");
        }

        string[] order = [.. document.Parameters.Select(text => text.Name)];
        if (!order.SequenceEqual(order.Order(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal))
        {
            yield return new HelpProblem(file, document.ParametersLine, HelpProblemCodes.Form, $"{cmdlet.Name}: the parameters must stand in the order of the alphabet.");
        }
    }

    /// <summary>Checks that the generated blocks are current.</summary>
    /// <param name="document">Source.</param>
    /// <param name="cmdlet">Cmdlet.</param>
    internal static IEnumerable<HelpProblem> Generated(CmdletDocument document, CmdletMetadata cmdlet)
    {
        string[] syntax = [.. document.Source.Lines.Skip(document.Syntax.Line).Take(document.SyntaxEndLine - document.Syntax.Line)];
        if (!WithoutBlanks(syntax).SequenceEqual(WithoutBlanks(SyntaxText.Lines(cmdlet)), StringComparer.Ordinal))
        {
            yield return new HelpProblem(document.Source.File, document.Syntax.Line, HelpProblemCodes.Drift, $"{cmdlet.Name}: SYNTAX is not what the assembly says. {UpdateAdvice}");
        }

        foreach (ParameterDocument text in document.Parameters)
        {
            ParameterMetadata? parameter = cmdlet.Parameters.FirstOrDefault(candidate => candidate.Name == text.Name);
            if (parameter is not null && !text.Tables.Select(table => table.Text).SequenceEqual(ParameterTable.Tables(cmdlet, parameter, text.DefaultValue), StringComparer.Ordinal))
            {
                yield return new HelpProblem(document.Source.File, text.Line, HelpProblemCodes.Drift, $"{cmdlet.Name}: the table of -{text.Name} is not what the assembly says. {UpdateAdvice}");
            }
        }
    }

    /// <summary>Checks inputs and outputs.</summary>
    /// <param name="document">Source.</param>
    /// <param name="cmdlet">Cmdlet.</param>
    internal static IEnumerable<HelpProblem> Types(CmdletDocument document, CmdletMetadata cmdlet)
    {
        string[] expected = cmdlet.Outputs.Count == 0 ? ["None"] : [.. cmdlet.Outputs.Select(output => output.FullTypeName)];
        string[] actual = [.. document.Outputs.Select(output => output.TypeName).Where(name => name != "None" || cmdlet.Outputs.Count == 0)];
        foreach (string missing in expected.Except(actual, StringComparer.Ordinal))
        {
            yield return new HelpProblem(document.Source.File, document.OutputsLine, HelpProblemCodes.Types, $"{cmdlet.Name}: OUTPUTS lacks '### {missing}'.");
        }

        foreach (string surplus in actual.Except(expected, StringComparer.Ordinal))
        {
            yield return new HelpProblem(document.Source.File, document.OutputsLine, HelpProblemCodes.Types, $"{cmdlet.Name}: OUTPUTS names {surplus}, which the cmdlet does not declare.");
        }

        bool takesPipeline = cmdlet.Parameters.Any(parameter => parameter.TakesPipeline);
        bool saysNone = document.Inputs is [] or [{ TypeName: "None" }];
        if (takesPipeline == saysNone)
        {
            yield return new HelpProblem(
                document.Source.File,
                document.InputsLine,
                HelpProblemCodes.Types,
                takesPipeline ? $"{cmdlet.Name}: INPUTS must name what can be piped in." : $"{cmdlet.Name}: INPUTS must be '### None', since nothing binds from the pipeline.");
        }

        foreach (TypeDocument type in document.Inputs.Concat(document.Outputs).Where(type => type.Description.Count == 0))
        {
            yield return new HelpProblem(document.Source.File, type.Line, HelpProblemCodes.Types, $"{cmdlet.Name}: '### {type.TypeName}' has no text below it.");
        }
    }

    /// <summary>Checks that links within the folder lead somewhere.</summary>
    /// <param name="document">Source.</param>
    internal static IEnumerable<HelpProblem> Links(CmdletDocument document)
    {
        if (document.Links.Count == 0)
        {
            yield return new HelpProblem(document.Source.File, document.LinksLine, HelpProblemCodes.Link, $"{document.Name}: RELATED LINKS is empty.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(document.Source.File))!;
        foreach ((string text, string target) in document.Links.Where(link => !link.Target.StartsWith("http", StringComparison.Ordinal)))
        {
            if (!File.Exists(Path.Combine(folder, target)))
            {
                yield return new HelpProblem(document.Source.File, document.LinksLine, HelpProblemCodes.Link, $"{document.Name}: the link '{text}' leads to '{target}', which does not exist.");
            }
        }
    }

    private static IEnumerable<string> WithoutBlanks(IEnumerable<string> lines) => lines.Select(line => line.TrimEnd()).Where(line => line.Length > 0);
}
