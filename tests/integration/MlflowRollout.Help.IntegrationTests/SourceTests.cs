using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using MlflowRollout.HelpCompiler;
using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.Testing;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>The sources against what the real engine says of the cmdlets.</summary>
public sealed partial class SourceTests(ModuleFixture module) : IClassFixture<ModuleFixture>
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "docs", "en-US");

    [Fact]
    public void Manifest_Exports_AreTheCmdletClassesBothWays()
    {
        Ast manifest = Parser.ParseFile(Path.Combine(RepositoryPaths.Root, "MlflowRollout.psd1"), out _, out ParseError[] errors);
        Assert.Empty(errors);
        var table = (System.Collections.Hashtable)((HashtableAst)manifest.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)!).SafeGetValue();
        string[] exports = [.. ((object[])table["CmdletsToExport"]!).Cast<string>().Order(StringComparer.Ordinal)];
        string[] classes = [.. HelpCompiler.Metadata.CmdletAssemblyReader.Read(Path.Combine(RepositoryPaths.ModuleBase, "bin", "MlflowRollout.dll")).Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal)];

        Assert.Equal(exports, classes);
        Assert.Equal(exports, module.Cmdlets.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sources_All_AreTheExportedCmdletsBothWays() => Assert.Equal(
        module.Cmdlets.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Folder, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => !name.StartsWith("about_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Tables_EveryParameter_AreWhatTheEngineSays() => Assert.All(module.Cmdlets, cmdlet =>
    {
        CmdletDocument document = Document(cmdlet.Name);
        Assert.Equal(GetHelpTests.Own(cmdlet).Order(StringComparer.Ordinal), document.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
        foreach (ParameterDocument parameter in document.Parameters)
        {
            CheckTables(cmdlet, parameter);
        }
    });

    [Fact]
    public void Text_EveryCmdletNamed_IsExported() => Assert.All(DocumentBlocks.Documents(), document =>
    {
        string[] unknown = [.. CmdletName().Matches(DocumentBlocks.Text(document)).Select(match => match.Value).Distinct().Except(module.Cmdlets.Select(cmdlet => cmdlet.Name), StringComparer.OrdinalIgnoreCase)];
        Assert.True(unknown.Length == 0, $"{document} names {string.Join(", ", unknown)}, which is not exported.");
    });

    [Fact]
    public void Blocks_EveryParameterNamed_Exists() => Assert.All(DocumentBlocks.Documents(), document =>
    {
        foreach (RunnableBlock block in DocumentBlocks.All(document))
        {
            Ast tree = Parser.ParseInput(block.Code, out _, out ParseError[] errors);
            Assert.True(errors.Length == 0, $"{document}({block.Line}): {errors.FirstOrDefault()?.Message}\n{block.Code}");
            foreach (CommandAst command in tree.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
            {
                CheckParameters(document, block, command);
            }
        }
    });

    private void CheckParameters(string document, RunnableBlock block, CommandAst command)
    {
        CmdletInfo? cmdlet = module.Cmdlets.FirstOrDefault(candidate => string.Equals(candidate.Name, command.GetCommandName(), StringComparison.OrdinalIgnoreCase));
        if (cmdlet is null)
        {
            return;
        }

        foreach (CommandParameterAst parameter in command.CommandElements.OfType<CommandParameterAst>())
        {
            Assert.True(
                cmdlet.Parameters.Values.Any(known => string.Equals(known.Name, parameter.ParameterName, StringComparison.OrdinalIgnoreCase)),
                $"{document}({block.Line}): {cmdlet.Name} has no parameter -{parameter.ParameterName} (examples write names in full).");
        }
    }

    private static void CheckTables(CmdletInfo cmdlet, ParameterDocument parameter)
    {
        string where = $"{cmdlet.Name} -{parameter.Name}";
        ParameterMetadata metadata = cmdlet.Parameters[parameter.Name];
        Dictionary<string, Dictionary<string, string>> bySet = [];
        foreach (MarkdownBlock block in parameter.Tables)
        {
            Dictionary<string, string> table = block.Text.Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal)).ToDictionary(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            string[] sets = table["Parameter Sets"] == "(All)" ? [.. cmdlet.ParameterSets.Select(set => set.Name)] : table["Parameter Sets"].Split(", ");
            foreach (string set in sets)
            {
                bySet.Add(set, table);
            }
        }

        CommandParameterSetInfo[] actual = [.. cmdlet.ParameterSets.Where(set => set.Parameters.Any(candidate => candidate.Name == parameter.Name))];
        Assert.Equal(actual.Select(set => set.Name).Order(StringComparer.Ordinal), bySet.Keys.Order(StringComparer.Ordinal));
        foreach (CommandParameterSetInfo set in actual)
        {
            CommandParameterInfo use = set.Parameters.Single(candidate => candidate.Name == parameter.Name);
            Dictionary<string, string> table = bySet[set.Name];
            string pipeline = (use.ValueFromPipelineByPropertyName, use.ValueFromPipeline) switch
            {
                (true, true) => "True (ByPropertyName, ByValue)",
                (false, true) => "True (ByValue)",
                (true, false) => "True (ByPropertyName)",
                _ => "False",
            };
            Assert.Equal((where, use.IsMandatory.ToString()), (where, table["Required"]));
            Assert.Equal((where, use.Position < 0 ? "Named" : use.Position.ToString(System.Globalization.CultureInfo.InvariantCulture)), (where, table["Position"]));
            Assert.Equal((where, pipeline), (where, table["Accept pipeline input"]));
            Assert.Equal((where, metadata.Attributes.Any(attribute => attribute is SupportsWildcardsAttribute).ToString()), (where, table["Accept wildcard characters"]));
            Assert.Equal((where, metadata.Aliases.Count == 0 ? "None" : string.Join(", ", metadata.Aliases)), (where, table["Aliases"]));
            Type type = Nullable.GetUnderlyingType(metadata.ParameterType) ?? metadata.ParameterType;
            Assert.Equal((where, type.Name), (where, table["Type"]));
        }
    }

    private static CmdletDocument Document(string name)
    {
        List<HelpProblem> problems = [];
        CmdletDocument? document = CmdletDocumentParser.Parse(SourceText.Read(Path.Combine(Folder, name + ".md")), problems);
        Assert.Empty(problems);
        return document!;
    }

    [GeneratedRegex("\\b[A-Z][A-Za-z]+-Ml[A-Z][A-Za-z]+\\b")]
    private static partial Regex CmdletName();
}
