using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NewMlDeployment;

public sealed class NewMlDeploymentTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void AllSettings_ReachTheService()
    {
        EndpointWithBlue();

        MlDeployment deployment = Session.Invoke(
            """
            $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS3_v2 -InstanceCount 2 -MaxConcurrentRequestsPerInstance 4 `
                -RequestTimeout 20s -LivenessProbe @{ FailureThreshold = 7 } -ReadinessProbe @{ InitialDelay = 3 } -EnvironmentVariable ([ordered]@{ A = 1; B = 'two' }) `
                -Description 'on trial' -Tag @{ team = 'heart' } -AppInsightsEnabled -EgressPublicNetworkAccess Disabled
            $endpoint | Get-MlDeployment green
            """).AssertSucceeded().Output.Select(item => (MlDeployment)item.BaseObject).Last();

        Assert.Equal(("Standard_DS3_v2", 2, 4, TimeSpan.FromSeconds(20)), (deployment.InstanceType, deployment.InstanceCount, deployment.MaxConcurrentRequestsPerInstance, deployment.RequestTimeout));
        Assert.Equal((7, TimeSpan.FromSeconds(3)), (deployment.LivenessProbe?.FailureThreshold, deployment.ReadinessProbe?.InitialDelay));
        Assert.Equal(("1", "two"), (deployment.EnvironmentVariables["A"], deployment.EnvironmentVariables["B"]));
        Assert.Equal(("on trial", "heart", true, MlPublicNetworkAccess.Disabled), (deployment.Description, deployment.Tags["TEAM"], deployment.AppInsightsEnabled, deployment.EgressPublicNetworkAccess));
        Assert.Equal((0, 0), (deployment.TrafficWeight, deployment.MirrorTrafficWeight));
    }

    [Theory]
    [InlineData("$model | New-MlDeployment green -Endpoint $endpoint.Name -InstanceType Standard_DS2_v2")]
    [InlineData("$endpoint | New-MlDeployment green -Model $model -InstanceType Standard_DS2_v2")]
    [InlineData("$blue | New-MlDeployment green -Model $model -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model $model.Reference -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model $model.Id -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model $model.Name -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model \"azureml:$($model.Name)@latest\" -InstanceType Standard_DS2_v2")]
    [InlineData("New-MlDeployment green -Endpoint $endpoint -Model \"models:/$($model.Name)/1\" -InstanceType Standard_DS2_v2")]
    [InlineData("\"$($model.Name):1\" | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2")]
    public void EveryForm_DeploysTheModel(string script)
    {
        string name = EndpointWithBlue();

        MlDeployment deployment = Session.Invoke(script).One<MlDeployment>();

        Assert.Equal((name, "green", name, "1", MlProvisioningState.Succeeded),
            (deployment.EndpointName, deployment.Name, deployment.ModelName, deployment.ModelVersion?.ToString(), deployment.ProvisioningState));
    }

    [Fact]
    public void ObjectsThatTravelledThroughAJob_BindAgain()
    {
        EndpointWithBlue();
        foreach (string variable in new[] { "endpoint", "model" })
        {
            Session.SetVariable(variable, PSSerializer.Deserialize(PSSerializer.Serialize(Session.GetVariable(variable), 1)));
        }

        MlDeployment deployment = Session.Invoke("$model | New-MlDeployment { \"g-$($_.Version)\" } -Endpoint $endpoint -InstanceType Standard_DS2_v2").One<MlDeployment>();

        Assert.Equal("g-1", deployment.Name);
    }

    [Fact]
    public async Task WhatIf_NamesEverything_AndChangesNothing()
    {
        string name = EndpointWithBlue();
        int before = await CountChangesAsync();
        Session.Host.TakeOutput();

        InvocationResult result = Session.Invoke("$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -WhatIf");

        string said = Session.Host.TakeOutput();
        Assert.Empty(result.AssertSucceeded().Output);
        Assert.All(new[] { "What if:", name, "green", Fixture.Emulator.Connection.Workspace }, word => Assert.Contains(word, said, StringComparison.Ordinal));
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task ManagedEndpoint_WithoutInstanceType_IsRefused()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("$model | New-MlDeployment green -Endpoint $endpoint");

        AssertError(error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, name, "green", "-InstanceType");
    }

    [Theory]
    [InlineData("@{ InitialDely = 5 }", "InitialDely")]
    [InlineData("@{ FailureThreshold = 0 }", "FailureThreshold")]
    [InlineData("'often'", "hashtable")]
    public async Task Probe_ThatIsNone_IsRefused(string probe, string word)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -LivenessProbe {probe}");

        AssertError(error, "ParameterArgumentTransformationError", ErrorCategory.InvalidData, "LivenessProbe", word);
    }

    [Fact]
    public void AsJob_RunsBesideTheScript_AndGivesTheDeployment()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $job = $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AsJob
            $null = $job.Finished.WaitOne([timespan]::FromMinutes(1))
            "$($job.PSJobTypeName) $($job.State)"
            $job.Output
            """);

        Assert.Equal("MlRolloutJob Completed", result.AssertSucceeded().Output[0].BaseObject);
        Assert.Equal("green", Assert.IsType<MlDeployment>(result.Output[1].BaseObject).Name);
    }

    [Fact]
    public void NoWait_ThenWait_GivesTheFinishedDeployment()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("$started = $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -NoWait; $started | Wait-MlDeployment -Timeout 60s");

        Assert.Equal(MlProvisioningState.Succeeded, result.One<MlDeployment>().ProvisioningState);
    }
}
