using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Tests;

/// <summary>A source that fits <see cref="GetSampleCommand"/>, without its generated blocks.</summary>
internal static class SampleSource
{
    internal const string Text = """
        # Get-Sample

        ## SYNOPSIS

        Gets samples.

        ## SYNTAX

        ## DESCRIPTION

        Gets `samples`, see [Get-Sample](Get-Sample.md) and [the site](https://example.org).

        - one
        - two

        ## EXAMPLES

        ### Example 1: By name

        ```powershell
        # a comment is no heading
        Get-Sample one
        ```

        Gets one, by name.

        ### Example 2: By pattern

        ```powershell
        Get-Sample o*
        ```

        Gets several.

        ### Example 3: Piped

        ```powershell
        'a' | Get-Sample
        ```

        Gets from a pipeline.

        ## PARAMETERS

        ### -Colour

        Its colour.

        ### -Confirm

        Asks first.

        ### -Force

        Asks nothing.

        ### -InputObject

        The thing.

        ### -Name

        Its name.

        ### -WhatIf

        Changes nothing.

        ### CommonParameters

        See about_CommonParameters.

        ## INPUTS

        ### System.Uri

        A thing.

        ## OUTPUTS

        ### System.Version

        The sample.

        ## NOTES

        ## RELATED LINKS

        - [Get-Sample](Get-Sample.md)
        """;

    internal static CmdletMetadata Cmdlet { get; } = CmdletAssemblyReader.Read([typeof(GetSampleCommand)]).Single();

    internal static CmdletDocument Parse(string text, string file = "Get-Sample.md")
    {
        List<HelpProblem> problems = [];
        CmdletDocument? document = CmdletDocumentParser.Parse(SourceText.Parse(file, text), problems);
        Assert.Empty(problems);
        return document!;
    }

    internal static IReadOnlyList<HelpProblem> ProblemsOf(string text, string file = "Get-Sample.md")
    {
        List<HelpProblem> problems = [];
        _ = CmdletDocumentParser.Parse(SourceText.Parse(file, text), problems);
        return problems;
    }
}
