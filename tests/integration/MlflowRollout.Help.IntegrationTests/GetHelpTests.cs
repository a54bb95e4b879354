using System.Collections;
using System.Management.Automation;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>What <c>Get-Help</c> of the real engine shows.</summary>
public sealed class GetHelpTests(ModuleFixture module) : IClassFixture<ModuleFixture>
{
    private PSObject Help(string name) => Assert.Single(module.Session.Invoke("Get-Help $args[0] -Full", name).AssertSucceeded().Output);

    [Fact]
    public void Help_EveryCmdlet_HasSynopsisAndDescription() => Assert.All(module.Cmdlets, cmdlet =>
    {
        PSObject help = Help(cmdlet.Name);
        string synopsis = Text(help, "Synopsis");
        Assert.Equal(cmdlet.Name, Text(help, "Name"));
        Assert.EndsWith(".", synopsis.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain(cmdlet.Name, synopsis, StringComparison.Ordinal);
        Assert.True(Paragraphs(help, "description").Length > 60, $"{cmdlet.Name} has a description of {Paragraphs(help, "description").Length} characters.");
    });

    [Fact]
    public void Help_EveryCmdlet_HasThreeExamplesOneOfThemPiped() => Assert.All(module.Cmdlets, cmdlet =>
    {
        PSObject[] examples = Children(Help(cmdlet.Name), "examples", "example");
        Assert.True(examples.Length >= 3, $"{cmdlet.Name} has {examples.Length} examples.");
        Assert.Contains(examples, example => Text(example, "code").Contains('|', StringComparison.Ordinal));
        Assert.All(examples, example => Assert.True(Paragraphs(example, "remarks").Length > 20, $"{cmdlet.Name}: '{Text(example, "title")}' says nothing."));
        Assert.All(examples, example => Assert.Contains("Ml", Text(example, "code"), StringComparison.Ordinal));
    });

    [Fact]
    public void Help_EveryParameter_IsDescribed() => Assert.All(module.Cmdlets, cmdlet =>
    {
        PSObject[] parameters = Children(Help(cmdlet.Name), "parameters", "parameter");
        Assert.Equal(
            Own(cmdlet).Order(StringComparer.Ordinal),
            parameters.Select(parameter => Text(parameter, "name")).Order(StringComparer.Ordinal));
        Assert.All(parameters, parameter => Assert.True(Paragraphs(parameter, "description").Length > 5, $"{cmdlet.Name} -{Text(parameter, "name")} is not described."));
    });

    [Fact]
    public void Help_EveryCmdlet_ShowsEveryParameterSet() => Assert.All(module.Cmdlets, cmdlet =>
        Assert.Equal(cmdlet.ParameterSets.Count, Children(Help(cmdlet.Name), "syntax", "syntaxItem").Length));

    [Fact]
    public void Help_Rendered_ShowsTheSections()
    {
        string text = module.Session.RenderedAs(Help("Set-MlTraffic"));
        Assert.All(
            new[] { "SYNOPSIS", "SYNTAX", "DESCRIPTION", "PARAMETERS", "-Weight <Int32>", "Accept pipeline input?", "INPUTS", "OUTPUTS", "RELATED LINKS", "Get-MlTraffic" },
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("about_MlflowRollout")]
    [InlineData("about_MlflowRollout_Authentication")]
    [InlineData("about_MlflowRollout_Emulator")]
    [InlineData("about_MlflowRollout_Errors")]
    [InlineData("about_MlflowRollout_Rollouts")]
    public void Help_Topic_IsFound(string topic)
    {
        string text = Help(topic).ToString();
        Assert.Contains("LONG DESCRIPTION", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= 80, line));
    }

    /// <summary>Parameters of the cmdlet itself, with <c>-WhatIf</c> and <c>-Confirm</c>.</summary>
    internal static IEnumerable<string> Own(CmdletInfo cmdlet) => cmdlet.Parameters.Keys.Except(Cmdlet.CommonParameters, StringComparer.OrdinalIgnoreCase);

    private static string Text(PSObject value, string property) => value.Properties[property]?.Value?.ToString() ?? string.Empty;

    private static string Paragraphs(PSObject value, string property) =>
        value.Properties[property]?.Value is IEnumerable paragraphs and not string
            ? string.Join(' ', paragraphs.Cast<object>().Select(paragraph => Text(PSObject.AsPSObject(paragraph), "Text")))
            : Text(value, property);

    private static PSObject[] Children(PSObject value, string property, string child) =>
        value.Properties[property]?.Value is { } holder && PSObject.AsPSObject(holder).Properties[child]?.Value is { } found
            ? found is IEnumerable many and not string ? [.. many.Cast<object>().Select(PSObject.AsPSObject)] : [PSObject.AsPSObject(found)]
            : [];
}
