using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 4: -Force only suppresses questions; -Confirm:$false is consent too; deleting what has traffic is always an error.</summary>
public sealed class Rule04ForceTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Remove-MlDeployment blue -Force")]
    [InlineData("$endpoint | Remove-MlDeployment blue -Confirm:$false")]
    [InlineData("$blue | Remove-MlDeployment -Force")]
    public async Task RemoveMlDeployment_WithTraffic_IsRefusedWhateverTheConsent(string script)
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, MlErrorIds.DeploymentHasTraffic, ErrorCategory.InvalidOperation, "blue", "100", "-MoveTrafficTo");
        Assert.Equal("blue=100", TrafficOf(name));
    }

    [Fact]
    public async Task RemoveMlDeployment_WithMirroredTraffic_IsRefused()
    {
        EndpointWithBlue();
        AddGreen();
        Session.Invoke("$endpoint | Set-MlTraffic -MirrorTraffic 'green=20'").AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$green | Remove-MlDeployment -Force");

        AssertError(error, MlErrorIds.DeploymentHasTraffic, ErrorCategory.InvalidOperation, "green", "20");
    }

    [Fact]
    public void RemoveMlDeployment_MoveTrafficTo_MovesThenDeletes()
    {
        string name = EndpointWithBlue();
        AddGreen();

        Session.Invoke("$endpoint | Remove-MlDeployment blue -MoveTrafficTo green -Force").AssertSucceeded();

        Assert.Equal("green=100", TrafficOf(name));
        Assert.Equal("green", Session.Invoke("$endpoint | Get-MlDeployment").One<MlDeployment>().Name);
    }

    [Fact]
    public async Task NewMlEndpoint_Exists_ForceDoesNotOverwrite()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint $args[0] -Confirm:$false", name);

        AssertError(error, MlErrorIds.EndpointAlreadyExists, ErrorCategory.ResourceExists, name, "-IfExists");
    }

    [Fact]
    public async Task RemoveMlEndpoint_WithDeployments_AsksAndKeepsItOnNo()
    {
        string name = EndpointWithBlue();
        int before = await CountChangesAsync();
        Session.Host.Answer("No");

        Session.Invoke("$endpoint | Remove-MlEndpoint").AssertSucceeded();

        Assert.Equal(before, await CountChangesAsync());
        Assert.Contains(Session.Host.Prompts, prompt => prompt.Message.Contains(name, StringComparison.Ordinal) || prompt.Caption.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    public void RemoveMlEndpoint_WithConsent_DoesNotAsk(string consent)
    {
        string name = EndpointWithBlue();

        Session.Invoke($"$endpoint | Remove-MlEndpoint {consent}").AssertSucceeded();

        Assert.Empty(Session.Host.Prompts);
        AssertError(Session.Invoke("Get-MlEndpoint $args[0]", name).Error, MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, name);
    }

    [Fact]
    public async Task RemoveMlEndpoint_ForceAndWhatIf_ChangesNothing()
    {
        EndpointWithBlue();
        int before = await CountChangesAsync();

        Session.Invoke("$endpoint | Remove-MlEndpoint -Force -WhatIf").AssertSucceeded();

        Assert.Equal(before, await CountChangesAsync());
    }
}
