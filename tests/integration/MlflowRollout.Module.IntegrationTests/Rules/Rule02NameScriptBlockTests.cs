using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 2: a name may be a script block with <c>$_</c> as the piped model, by position and by name.</summary>
public sealed class Rule02NameScriptBlockTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$model | New-MlDeployment { \"m-$($_.Version)\" } -Endpoint $endpoint -InstanceType Standard_DS2_v2")]
    [InlineData("$model | New-MlDeployment -Name { \"m-$($_.Version)\" } -Endpoint $endpoint -InstanceType Standard_DS2_v2")]
    [InlineData("$endpoint | New-MlDeployment { \"m-$($_.Version)\" } -Model $model -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment { \"m-$($_.Version)\" } -Endpoint $endpoint -Model $model.Reference -InstanceType Standard_DS2_v2")]
    public void NewMlDeployment_ScriptBlock_NamesByTheModel(string script)
    {
        EndpointWithBlue();

        MlDeployment deployment = Session.Invoke(script).One<MlDeployment>();

        Assert.Equal("m-1", deployment.Name);
        Assert.Equal(MlProvisioningState.Succeeded, deployment.ProvisioningState);
    }

    [Fact]
    public void NewMlDeployment_ScriptBlockAsJob_IsEvaluatedHere()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $suffix = 'job'
            $job = $model | New-MlDeployment { "m-$($_.Version)-$suffix" } -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AsJob
            $null = $job.Finished.WaitOne([timespan]::FromMinutes(1))
            $job.Error
            $job.Output
            """);

        Assert.Equal("m-1-job", result.One<MlDeployment>().Name);
    }

    [Theory]
    [InlineData("{ }")]
    [InlineData("{ 'a'; 'b' }")]
    [InlineData("''")]
    public async Task NewMlDeployment_NameThatIsNotOneText_IsRefused(string name)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$model | New-MlDeployment {name} -Endpoint $endpoint -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.NameInvalid, ErrorCategory.InvalidArgument, "name");
    }
}
