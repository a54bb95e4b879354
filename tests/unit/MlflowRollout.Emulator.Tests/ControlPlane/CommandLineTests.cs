using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_AllOptions_ReadsThem()
    {
        EmulatorOptions options = CommandLine.Parse(
        [
            "--data", "folder", "--port=8443", "--connection-file", "c.json", "--operation-delay", "250ms", "--metric-delay", "realistic", "--python", "/usr/bin/python3",
            "--loose", "--ephemeral", "--parent-process", "42", "--subscription-id", "11111111-2222-3333-4444-555555555555",
            "--resource-group", "group", "--workspace", "team", "--location", "eastus2", "--registry", "shared",
        ]);

        Assert.Equal(Path.GetFullPath("folder"), options.DataFolder);
        Assert.Equal(8443, options.Port);
        Assert.Equal(Path.GetFullPath("c.json"), options.ConnectionFile);
        Assert.Equal(OperationPace.Fixed(TimeSpan.FromMilliseconds(250)), options.Pace);
        Assert.Equal(MetricDelay.Realistic, options.MetricDelay);
        Assert.Equal("/usr/bin/python3", options.Python);
        Assert.True(options.Loose && options.Ephemeral);
        Assert.Equal(42, options.ParentProcess);
        Assert.Equal(("group", "team", "eastus2", "shared"), (options.ResourceGroup, options.Workspace, options.Location, options.Registry));
    }

    [Theory]
    [InlineData("--workspase", "--workspace")]
    [InlineData("--Port", "--port")]
    [InlineData("--connection", "--connection-file")]
    public void Parse_UnknownOption_NamesTheNearOne(string option, string near)
    {
        StartupException exception = Assert.Throws<StartupException>(() => CommandLine.Parse([option, "x"]));

        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains($"Did you mean {near}?", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--workspace", "a")]
    [InlineData("--workspace", "../up")]
    [InlineData("--resource-group", "a/b")]
    [InlineData("--parent-process", "0")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "")]
    public void Parse_BadValue_NamesOption(string option, string value)
    {
        StartupException exception = Assert.Throws<StartupException>(() => CommandLine.Parse([option, value]));

        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("2s", 2)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    [InlineData("00:00:05", 5)]
    [InlineData("PT7S", 7)]
    public void Pace_OfADuration_IsThatLongForEverything(string text, double seconds)
    {
        Assert.True(OperationPace.TryParse(text, out OperationPace? pace));
        Assert.All(Enum.GetValues<OperationKind>(), kind => Assert.Equal(seconds, pace.For(kind, creates: true).TotalSeconds));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("9999h")]
    [InlineData("PTx")]
    public void Pace_OfNoDuration_IsRefused(string text)
    {
        Assert.False(OperationPace.TryParse(text, out _));
    }

    [Fact]
    public void Pace_Realistic_IsAsSlowAsTheServiceWasSeen()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), OperationPace.Realistic.For(OperationKind.EndpointPut, creates: true));
        Assert.Equal(TimeSpan.FromSeconds(20), OperationPace.Realistic.For(OperationKind.EndpointPut, creates: false));
        Assert.Equal(TimeSpan.Zero, OperationPace.None.For(OperationKind.DeploymentPut, creates: true));
    }
}
