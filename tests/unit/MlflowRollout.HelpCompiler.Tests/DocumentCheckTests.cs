using MlflowRollout.HelpCompiler.Checks;
using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Output;

namespace MlflowRollout.HelpCompiler.Tests;

public sealed class DocumentCheckTests
{
    private static CmdletDocument Current { get; } = SampleSource.Parse(DocumentUpdate.Apply(SampleSource.Parse(SampleSource.Text), SampleSource.Cmdlet));

    private static string CurrentText => string.Join('\n', Current.Source.Lines);

    [Fact]
    public void Check_UpdatedSource_FindsNothing()
    {
        Assert.Empty(DocumentCheck.Parameters(Current, SampleSource.Cmdlet));
        Assert.Empty(DocumentCheck.Generated(Current, SampleSource.Cmdlet));
        Assert.Empty(DocumentCheck.Types(Current, SampleSource.Cmdlet));
        Assert.Empty(DocumentCheck.Pairs([SampleSource.Cmdlet], [Current], "."));
    }

    [Fact]
    public void Update_Twice_ChangesNothingMore() => Assert.Equal(CurrentText, DocumentUpdate.Apply(Current, SampleSource.Cmdlet));

    [Fact]
    public void Update_Any_KeepsWhatIsWrittenByHand()
    {
        CmdletDocument plain = SampleSource.Parse(SampleSource.Text);

        Assert.Equal(plain.Examples.Select(example => example.Title), Current.Examples.Select(example => example.Title));
        Assert.Equal(plain.Parameters.SelectMany(parameter => parameter.Description).Select(block => block.Text), Current.Parameters.SelectMany(parameter => parameter.Description).Select(block => block.Text));
        Assert.Equal(plain.Description.Select(block => block.Text), Current.Description.Select(block => block.Text));
    }

    [Fact]
    public void Update_DefaultValueByHand_Stays()
    {
        string text = CurrentText.Replace("Accepted values: Blue, Green\n\nRequired: False\nPosition: Named\nDefault value: None", "Accepted values: Blue, Green\n\nRequired: False\nPosition: Named\nDefault value: Blue", StringComparison.Ordinal);
        CmdletDocument document = SampleSource.Parse(text);

        Assert.Equal("Blue", document.Parameters.Single(parameter => parameter.Name == "Colour").DefaultValue);
        Assert.Empty(DocumentCheck.Generated(document, SampleSource.Cmdlet));
        Assert.Equal(text, DocumentUpdate.Apply(document, SampleSource.Cmdlet));
    }

    [Fact]
    public void Parameters_MissingHeading_NamesCmdletAndParameter()
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text.Replace("### -Force\n\nAsks nothing.\n", string.Empty, StringComparison.Ordinal));

        HelpProblem problem = Assert.Single(DocumentCheck.Parameters(document, SampleSource.Cmdlet));
        Assert.Equal("Get-Sample: parameter -Force has no text. Write it below a heading '### -Force'.", problem.Message);
    }

    [Fact]
    public void Parameters_SurplusHeading_NamesCmdletAndParameter()
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text.Replace("### -Force", "### -Enforce", StringComparison.Ordinal));

        Assert.Contains(DocumentCheck.Parameters(document, SampleSource.Cmdlet), problem => problem.Message.StartsWith("Get-Sample: there is no parameter -Enforce.", StringComparison.Ordinal));
    }

    [Fact]
    public void Parameters_HeadingWithoutText_IsAProblem()
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text.Replace("Asks nothing.", string.Empty, StringComparison.Ordinal));

        Assert.Contains("-Force has no text", Assert.Single(DocumentCheck.Parameters(document, SampleSource.Cmdlet)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[-Force]", "[-Fierce]", "SYNTAX")]
    [InlineData("Aliases: SampleName", "Aliases: None", "-Name")]
    [InlineData("Accept pipeline input: True (ByPropertyName, ByValue)", "Accept pipeline input: False", "-InputObject")]
    public void Generated_Drift_SaysHowToUpdate(string text, string instead, string where)
    {
        CmdletDocument document = SampleSource.Parse(CurrentText.Replace(text, instead, StringComparison.Ordinal));

        HelpProblem problem = Assert.Single(DocumentCheck.Generated(document, SampleSource.Cmdlet));
        Assert.Contains(where, problem.Message, StringComparison.Ordinal);
        Assert.Contains(DocumentCheck.UpdateAdvice, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("### System.Version", "### System.String", 2)]
    [InlineData("### System.Uri", "### None", 1)]
    [InlineData("The sample.", "", 1)]
    public void Types_NotTheDeclaredOnes_AreProblems(string text, string instead, int count)
    {
        CmdletDocument document = SampleSource.Parse(SampleSource.Text.Replace(text, instead, StringComparison.Ordinal));

        Assert.Equal(count, DocumentCheck.Types(document, SampleSource.Cmdlet).Count());
    }

    [Fact]
    public void Pairs_EitherAlone_IsAProblem()
    {
        Assert.Contains("has no help source", Assert.Single(DocumentCheck.Pairs([SampleSource.Cmdlet], [], ".")).Message, StringComparison.Ordinal);
        Assert.Contains("There is no cmdlet Get-Sample", Assert.Single(DocumentCheck.Pairs([], [Current], ".")).Message, StringComparison.Ordinal);
    }
}
