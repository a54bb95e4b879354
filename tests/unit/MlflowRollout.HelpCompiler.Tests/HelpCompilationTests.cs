using System.Xml.Linq;
using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Output;
using MlflowRollout.Testing;

namespace MlflowRollout.HelpCompiler.Tests;

public sealed class HelpCompilationTests : IDisposable
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Topic = """
        # about_Sample

        ## Short description

        What a sample is.

        ## Long description

        A **sample** is `one` of many, and this sentence is long enough that it has to be broken into two lines of at most eighty columns.

        ```powershell
        Get-Sample
        ```

        ### Table

        | Id | Way out |
        | --- | --- |
        | `One` | Do this. |
        | `Two` | Do that. |
        """;

    private HelpCompilation Open(string cmdlet, string? topic = null)
    {
        _folder.Write("Get-Sample.md", cmdlet);
        if (topic is not null)
        {
            _folder.Write("about_Sample.md", topic);
        }

        return new HelpCompilation([SampleSource.Cmdlet], _folder.Path);
    }

    private XElement Compiled()
    {
        HelpCompilation compilation = Open(SampleSource.Text, Topic);
        compilation.Update();
        compilation = new HelpCompilation([SampleSource.Cmdlet], _folder.Path);
        compilation.Check();
        compilation.Write(_folder["out"], "Sample.dll");
        Assert.Empty(compilation.Problems);
        return XDocument.Load(_folder["out", "Sample.dll-Help.xml"]).Root!.Element(Command + "command")!;
    }

    [Fact]
    public void Write_Cmdlet_HasSyntaxOfEachSet()
    {
        XElement[] items = [.. Compiled().Element(Command + "syntax")!.Elements()];

        Assert.Equal(2, items.Length);
        Assert.Equal(["Name", "Colour", "Force", "Confirm", "WhatIf"], items[0].Elements(Command + "parameter").Select(parameter => parameter.Element(Maml + "name")!.Value));
        Assert.Equal("InputObject", items[1].Elements(Command + "parameter").First().Element(Maml + "name")!.Value);
    }

    [Fact]
    public void Write_Parameter_HasItsAttributes()
    {
        XElement name = Compiled().Element(Command + "parameters")!.Elements().Single(parameter => parameter.Element(Maml + "name")!.Value == "Name");

        Assert.Equal(
            ["required=true", "variableLength=true", "globbing=true", "pipelineInput=False", "position=0", "aliases=SampleName"],
            name.Attributes().Select(attribute => $"{attribute.Name}={attribute.Value}"));
        Assert.Equal("String[]", name.Element(Dev + "type")!.Element(Maml + "name")!.Value);
        Assert.Equal("Its name.", name.Element(Maml + "description")!.Value);
    }

    [Fact]
    public void Write_Prose_HasNoMarks()
    {
        string[] paragraphs = [.. Compiled().Element(Maml + "description")!.Elements().Select(para => para.Value)];

        Assert.Equal(["Gets samples, see Get-Sample and the site (https://example.org).", "- one", "- two"], paragraphs);
    }

    [Fact]
    public void Write_Examples_HaveTitleCodeAndRemarks()
    {
        XElement[] examples = [.. Compiled().Element(Command + "examples")!.Elements()];

        Assert.Equal(3, examples.Length);
        Assert.Equal("---- Example 3: Piped ----", examples[2].Element(Maml + "title")!.Value);
        Assert.Equal("'a' | Get-Sample", examples[2].Element(Dev + "code")!.Value);
        Assert.Equal("Gets from a pipeline.", examples[2].Element(Dev + "remarks")!.Value);
    }

    [Fact]
    public void Write_Topic_HasSynopsisInLineFiveAndEightyColumns()
    {
        Compiled();
        string[] lines = File.ReadAllLines(_folder["out", "about_Sample.help.txt"]);

        Assert.Equal(["TOPIC", "    about_Sample", "", "SHORT DESCRIPTION", "    What a sample is."], lines.Take(5));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains("    A sample is one of many, and this sentence is long enough that it has to be", lines);
        Assert.Contains("        Get-Sample", lines);
        Assert.Contains("    One", lines);
        Assert.Contains("        Way out: Do that.", lines);
    }

    [Fact]
    public void Render_LongShortDescriptionOrCode_IsAProblem()
    {
        List<HelpProblem> problems = [];
        AboutTopic.Render(
            SourceText.Parse("about_Sample.md", Topic.Replace("What a sample is.", new string('x', 77), StringComparison.Ordinal).Replace("Get-Sample", "Get-Sample " + new string('x', 80), StringComparison.Ordinal)),
            problems);

        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void Check_Problem_WritesNothing()
    {
        HelpCompilation compilation = Open(SampleSource.Text, Topic);
        compilation.Check();
        compilation.Write(_folder["out"], "Sample.dll");

        Assert.NotEmpty(compilation.Problems);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Check_LinkToNothing_IsAProblem()
    {
        HelpCompilation compilation = Open(SampleSource.Text.Replace("- [Get-Sample](Get-Sample.md)", "- [Get-Other](Get-Other.md)", StringComparison.Ordinal));
        compilation.Check();

        Assert.Contains(compilation.Problems, problem => problem.Code == HelpProblemCodes.Link);
    }

    [Theory]
    [InlineData(new[] { "--module", "a.dll", "--source", "docs", "--output", "out" }, true)]
    [InlineData(new[] { "--module", "a.dll", "--source", "docs", "--update" }, true)]
    [InlineData(new[] { "--module", "a.dll", "--source", "docs" }, false)]
    [InlineData(new[] { "--module", "a.dll", "--source", "docs", "--update", "--output", "out" }, false)]
    [InlineData(new[] { "--source", "docs", "--update" }, false)]
    [InlineData(new[] { "--module" }, false)]
    public void Parse_CommandLine_TakesOneOfOutputAndUpdate(string[] arguments, bool expected)
    {
        HelpCompilerOptions? options = HelpCompilerOptions.Parse(arguments, out string? error);

        Assert.Equal(expected, options is not null);
        Assert.Equal(expected, error is null);
    }
}
