using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.GetMlDeploymentLog;

public sealed class GetMlDeploymentLogTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$blue | Get-MlDeploymentLog -Tail 2")]
    [InlineData("$endpoint | Get-MlDeploymentLog blue -Tail 2")]
    [InlineData("Get-MlDeploymentLog blue -Endpoint $endpoint.Name -Tail 2")]
    public void Tail_GivesTheLastLines(string script)
    {
        string name = EndpointWithBlue();

        MlLogLine[] lines = [.. Session.Invoke(script).Values().Cast<MlLogLine>()];

        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal((name, "blue", MlDeploymentContainer.InferenceServer), (line.EndpointName, line.DeploymentName, line.Container)));
        Assert.All(lines, line => Assert.NotEmpty(line.Line));
    }

    [Fact]
    public void StorageInitializer_HasALogOfItsOwn()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("$blue | Get-MlDeploymentLog -Container StorageInitializer");

        Assert.NotEmpty(result.Values());
        Assert.All(result.Values().Cast<MlLogLine>(), line => Assert.Equal(MlDeploymentContainer.StorageInitializer, line.Container));
    }

    [Fact]
    public void Follow_GoesOnWithNewLinesUntilEnough()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("$blue | Get-MlDeploymentLog -Follow -Tail 1 | Select-Object -First 1");

        Assert.IsType<MlLogLine>(Assert.Single(result.AssertSucceeded().Output).BaseObject);
    }

    [Fact]
    public async Task MissingDeployment_IsAnError()
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Get-MlDeploymentLog blu");

        AssertError(error, MlErrorIds.DeploymentNotFound, ErrorCategory.ObjectNotFound, "'blu'");
    }
}
