using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Display;

/// <summary>What users see: tables that fit a terminal, and no secret.</summary>
public sealed class ViewTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("Get-MlWorkspace", "Kind", "Location")]
    [InlineData("Get-MlModel $model.Name", "Version", "Flavors")]
    [InlineData("Get-MlEndpoint $endpoint.Name", "State", "blue=100 green=0")]
    [InlineData("$endpoint | Get-MlDeployment", "Instances", "1 x Standard_DS2_v2")]
    [InlineData("Get-MlTraffic $endpoint", "Mirror", "blue=100 green=0")]
    [InlineData("$endpoint | Get-MlEndpointKey", "KeyType", "(hidden)")]
    [InlineData("(Import-Csv $args[0])[0] | Invoke-MlEndpoint -Endpoint $endpoint", "Latency", "ms")]
    [InlineData("(Import-Csv $args[0])[0] | ConvertTo-MlModelRequest $model", "Rows", "input_data")]
    [InlineData("@{ age = 'x' } | Test-MlModelRequest $model -Detailed", "Findings", "Row 1")]
    public void Objects_AreTablesThatFit(string script, string header, string value)
    {
        EndpointWithBlue();
        AddGreen();

        string[] lines = Session.RenderedAs(Session.Invoke(script, ExampleModels.Rows).AssertSucceeded().Output).Split('\n');

        Assert.Contains(lines, line => line.Contains(header, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("---", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(value, StringComparison.Ordinal));
        int widthOfHeader = lines.First(line => line.Contains("---", StringComparison.Ordinal)).TrimEnd().Length;
        Assert.True(widthOfHeader <= 100, $"The table is {widthOfHeader} characters wide.");
    }

    // A terminal, or a log that a build agent keeps, is often 80 columns wide: labels must not be broken into columns of one letter.
    [Theory]
    [InlineData("Get-MlWorkspace", "Name", "Account")]
    [InlineData("Get-MlModel $model.Name", "Name", "Flavors")]
    [InlineData("Get-MlEndpoint $endpoint.Name", "Name", "Traffic")]
    [InlineData("$endpoint | Get-MlDeployment", "Name", "Instances")]
    [InlineData("Get-MlTraffic $endpoint", "Endpoint", "Traffic")]
    [InlineData("$endpoint | Get-MlEndpointKey", "Endpoint", "Key")]
    [InlineData("New-MlEndpoint \"$($endpoint.Name)-t\" -AuthMode AmlToken | Get-MlEndpointToken", "Endpoint", "Token")]
    [InlineData("(Import-Csv $args[0])[0] | Invoke-MlEndpoint -Endpoint $endpoint", "Index", "Error")]
    public void Tables_On80Columns_KeepTheirLabelsWhole(string script, string first, string last)
    {
        EndpointWithBlue();
        using ModuleSession narrow = Fixture.ConnectedSession(new ModuleSessionOptions { Width = 80 });

        string[] lines = narrow.RenderedAs(Session.Invoke(script, ExampleModels.Rows).AssertSucceeded().Output).Split('\n');

        Assert.Contains(lines, line => line.TrimStart().StartsWith(first, StringComparison.Ordinal) && line.TrimEnd().EndsWith(last, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public void Keys_AreNeverShown()
    {
        EndpointWithBlue();

        string key = Session.Invoke("$endpoint | Get-MlEndpointKey -AsPlainText").One<string>();
        string shown = Session.RenderedAs(Session.Invoke("$endpoint | Get-MlEndpointKey; $endpoint; $blue").AssertSucceeded().Output);

        Assert.DoesNotContain(key, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void LogLines_AreShownAsTheyAre()
    {
        EndpointWithBlue();

        var line = Session.Invoke("$blue | Get-MlDeploymentLog -Tail 1").One<MlLogLine>();

        Assert.Equal(line.Line, Session.RenderedAs(line).Trim());
    }
}
