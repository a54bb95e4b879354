using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class SelectObjectTests : IDisposable
{
    private readonly ModuleSession _session = new(new ModuleSessionOptions { ImportModule = false });

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-First 3", "1 2 3")]
    [InlineData("-First 0", "")]
    [InlineData("-Last 3", "8 9 10")]
    [InlineData("-Skip 8", "9 10")]
    [InlineData("-First 2 -Skip 3", "4 5")]
    [InlineData("-Last 2 -Skip 3", "6 7")]
    [InlineData("-First 2 -Last 2", "1 2 9 10")]
    [InlineData("-First 6 -Last 6", "1 2 3 4 5 6 7 8 9 10")]
    [InlineData("-Last 20", "1 2 3 4 5 6 7 8 9 10")]
    [InlineData("-SkipLast 8", "1 2")]
    [InlineData("-SkipLast 7 -Skip 1", "2 3")]
    [InlineData("-Index 9, 0, 4", "1 5 10")]
    public void Select_ByPosition_TakesThese(string options, string expected)
    {
        InvocationResult result = _session.Invoke($"1..10 | Select-Object {options}");

        Assert.Equal(expected, string.Join(' ', result.Values()));
    }

    [Fact]
    public void Select_First_EndsTheCommandsBeforeIt()
    {
        InvocationResult result = _session.Invoke("$script:made = 0; 1..1000 | ForEach-Object { $script:made++; $_ } | Select-Object -First 2; \"made $script:made\"");

        Assert.Equal([1, 2, "made 2"], result.Values());
    }

    [Fact]
    public void Select_FirstWithWait_LetsThemRun()
    {
        InvocationResult result = _session.Invoke("$script:made = 0; 1..10 | ForEach-Object { $script:made++; $_ } | Select-Object -First 1 -Wait; $script:made");

        Assert.Equal([1, 10], result.Values());
    }

    [Fact]
    public void Select_Properties_NamesPatternsAndCalculated()
    {
        PSObject selected = _session.Invoke(
            "[pscustomobject]@{ Name = 'blue'; Weight = 90; Other = 1 } | Select-Object N*, @{ Name = 'Double'; Expression = { $_.Weight * 2 } }, @{ l = 'W'; e = 'Weight' }, Missing")
            .AssertSucceeded().Output[0];

        Assert.Equal(["Name=blue", "Double=180", "W=90", "Missing="], selected.Properties.Select(static property => $"{property.Name}={property.Value}"));
        Assert.Equal("Selected.System.Management.Automation.PSCustomObject", selected.TypeNames[0]);
    }

    [Fact]
    public void Select_ExcludeProperty_ImpliesAll()
    {
        PSObject selected = _session.Invoke("[pscustomobject]@{ A = 1; B = 2; C = 3 } | Select-Object -ExcludeProperty B").Output[0];

        Assert.Equal(["A", "C"], selected.Properties.Select(static property => property.Name));
    }

    [Fact]
    public void Select_ExpandProperty_WritesValuesWithNotes()
    {
        InvocationResult result = _session.Invoke("[pscustomobject]@{ Name = 'x'; List = 1, 2 } | Select-Object Name -ExpandProperty List | ForEach-Object { \"$_ $($_.Name)\" }");

        Assert.Equal(["1 x", "2 x"], result.Values());
    }

    [Fact]
    public void Select_ExpandMissing_IsAnErrorThatNamesIt()
    {
        ErrorRecord error = _session.Invoke("[pscustomobject]@{ A = 1 } | Select-Object -ExpandProperty Nope").Error;

        Assert.Equal("ExpandPropertyNotFound", InvocationResult.IdOf(error));
        Assert.Contains("Nope", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1, 2, 1, 3, 2 | Select-Object -Unique", "1 2 3")]
    [InlineData("'a', 'A', 'b' | Select-Object -Unique", "a A b")]
    [InlineData("'a', 'A', 'b' | Select-Object -Unique -CaseInsensitive", "a b")]
    [InlineData("1, 1, 2, 3 | Select-Object -Unique -First 3", "1 2")]
    public void Select_Unique_WritesEqualOnesOnce(string script, string expected) =>
        Assert.Equal(expected, string.Join(' ', _session.Invoke(script).Values()));

    [Fact]
    public void Select_UniqueProperties_ComparesThem()
    {
        InvocationResult result = _session.Invoke("[pscustomobject]@{ A = 1; B = 1 }, [pscustomobject]@{ A = 1; B = 2 }, [pscustomobject]@{ A = 2; B = 3 } | Select-Object A -Unique | ForEach-Object { $_.A }");

        Assert.Equal([1, 2], result.Values());
    }

    [Fact]
    public void Select_BadCalculation_IsAnErrorThatNamesTheKey()
    {
        ErrorRecord error = _session.Invoke("1 | Select-Object @{ Wrong = 1 }").Error;

        Assert.Contains("Wrong", error.Exception.Message, StringComparison.Ordinal);
    }
}
