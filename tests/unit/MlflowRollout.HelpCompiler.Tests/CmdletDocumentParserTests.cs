using MlflowRollout.HelpCompiler.Markdown;

namespace MlflowRollout.HelpCompiler.Tests;

public sealed class CmdletDocumentParserTests
{
    [Fact]
    public void Parse_WholeSource_GivesAllParts()
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text);

        Assert.Equal("Gets samples.", document.Synopsis);
        Assert.Equal([MarkdownBlockKind.Text, MarkdownBlockKind.Bullet, MarkdownBlockKind.Bullet], document.Description.Select(block => block.Kind));
        Assert.Equal(3, document.Examples.Count);
        Assert.Contains("# a comment is no heading", document.Examples[0].Code[0].Text, StringComparison.Ordinal);
        Assert.Equal(["Colour", "Confirm", "Force", "InputObject", "Name", "WhatIf"], document.Parameters.Select(parameter => parameter.Name));
        Assert.Equal("System.Uri", Assert.Single(document.Inputs).TypeName);
        Assert.Empty(document.Notes);
        Assert.Equal(("Get-Sample", "Get-Sample.md"), Assert.Single(document.Links));
    }

    [Fact]
    public void Parse_Comment_IsNotTextAndKeepsLineNumbers()
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text.Replace("## NOTES", "<!-- hidden\n\nlines -->\n\n## NOTES", StringComparison.Ordinal));
        CmdletDocument plain = SampleSource.Parse(SampleSource.Text);

        Assert.Empty(document.Notes);
        Assert.Equal(plain.LinksLine + 4, document.LinksLine);
    }

    [Fact]
    public void Parse_OtherTitle_IsRefused() =>
        Assert.Contains("must begin with the heading '# Get-Other'", Assert.Single(SampleSource.ProblemsOf(SampleSource.Text, "Get-Other.md")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("## DESCRIPTION", "## Description")]
    [InlineData("## NOTES\n", "")]
    [InlineData("## INPUTS", "## OUTPUTS")]
    public void Parse_HeadingOutOfPlace_NamesIt(string heading, string instead)
    {
        HelpProblem problem = Assert.Single(SampleSource.ProblemsOf(SampleSource.Text.Replace(heading, instead, StringComparison.Ordinal)));

        Assert.Contains($"The first that is not in place is {heading.Trim('#', ' ', '\n')}.", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("### Example 2:", "### Example 5:", "must be 'Example 2: '")]
    [InlineData("Gets several.", "", "a text that says what it does and why")]
    [InlineData("Gets samples.\n", "", "SYNOPSIS must be one sentence")]
    [InlineData("### CommonParameters", "### -Other", "must end with the heading '### CommonParameters'")]
    [InlineData("### -Force", "### Force", "must begin with the dash")]
    public void Parse_BadForm_SaysWhatIsMissing(string text, string instead, string expected) =>
        Assert.Contains(SampleSource.ProblemsOf(SampleSource.Text.Replace(text, instead, StringComparison.Ordinal)), problem => problem.Message.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Parse_OpenBlock_NamesItsLine()
    {
        string text = SampleSource.Text.Replace("'a' | Get-Sample\n```", "'a' | Get-Sample", StringComparison.Ordinal);
        int line = Array.IndexOf(text.Split('\n'), "'a' | Get-Sample");

        Assert.Contains(SampleSource.ProblemsOf(text), problem => problem.Line == line && problem.Message.Contains("is not closed", StringComparison.Ordinal));
    }
}
