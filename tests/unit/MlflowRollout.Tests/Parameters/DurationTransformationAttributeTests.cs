using System.Globalization;
using System.Management.Automation;
using FsCheck.Xunit;
using MlflowRollout.Parameters;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Parameters;

public class DurationTransformationAttributeTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("30m", 1800)]
    [InlineData("1.5h", 5400)]
    [InlineData("2d", 172800)]
    [InlineData("500ms", 0.5)]
    [InlineData(" 90 S ", 90)]
    [InlineData("45", 45)]
    [InlineData("00:30:00", 1800)]
    [InlineData("1.00:00:00", 86400)]
    public void Text_OfADuration_IsRead(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DurationTransformationAttribute.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5s")]
    [InlineData("-00:00:05")]
    [InlineData("5 weeks")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999d")]
    public void Text_OfNoDuration_IsRefused(string text) =>
        Assert.Throws<ArgumentTransformationMetadataException>(() => DurationTransformationAttribute.Parse(text));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    [InlineData(long.MaxValue)]
    public void Number_OutOfRange_IsRefused(object number) =>
        Assert.Throws<ArgumentTransformationMetadataException>(() => DurationTransformationAttribute.Parse(number));

    [Fact]
    public void Decimal_IsRefusedAndSaysWhy()
    {
        var error = Assert.Throws<ArgumentTransformationMetadataException>(() => DurationTransformationAttribute.Parse(1m));
        Assert.Contains("quotes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1800", 1800)]
    [InlineData("30s", 30)]
    [InlineData("'30m'", 1800)]
    [InlineData("30m", 1800)]
    [InlineData("00:30:00", 1800)]
    [InlineData("([TimeSpan]::FromMinutes(2))", 120)]
    [InlineData("2.5", 2.5)]
    public void CommandLine_Writings_MeanWhatPeopleMean(string written, double seconds)
    {
        using var session = new Session();
        Session.Run run = session.Invoke($"Test-Duration -Value {written}");
        Assert.Null(run.Terminating);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(run.Output).BaseObject);
    }

    [Fact]
    public void CommandLine_DayWithoutQuotes_IsRefused()
    {
        using var session = new Session();
        Assert.Contains("quotes", session.Invoke("Test-Duration -Value 1d").SingleError.ToString(), StringComparison.Ordinal);
    }

    [Property]
    public bool AnyTimeSpan_NotNegative_IsItself(long ticks) =>
        DurationTransformationAttribute.Parse(TimeSpan.FromTicks(ticks & long.MaxValue)).Ticks == (ticks & long.MaxValue);

    [Property]
    public bool AnyWholeSeconds_AsNumberOrText_AreTheSame(uint seconds) =>
        DurationTransformationAttribute.Parse(seconds) == TimeSpan.FromSeconds(seconds) &&
        DurationTransformationAttribute.Parse(seconds.ToString(CultureInfo.InvariantCulture) + "s") == TimeSpan.FromSeconds(seconds);

    [Property]
    public bool AnyText_IsReadOrRefused_NeverAnotherError(string? text)
    {
        try
        {
            return text is null || DurationTransformationAttribute.Parse(text) >= TimeSpan.Zero;
        }
        catch (ArgumentTransformationMetadataException)
        {
            return true;
        }
    }

    [Property]
    public bool AnyNumber_IsReadOrRefused_NeverAnotherError(double number)
    {
        try
        {
            return DurationTransformationAttribute.Parse(number) >= TimeSpan.Zero;
        }
        catch (ArgumentTransformationMetadataException)
        {
            return true;
        }
    }
}
