using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 3: an object acts in the workspace it came from; with two connections and nothing said, a change is refused.</summary>
public sealed class Rule03WorkspaceTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public async Task Change_TwoConnectionsAndNothingSaid_IsRefused()
    {
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", "second"] });
        Session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", other.ConnectionFile).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint $args[0]", Fixture.UniqueName("two"));

        AssertError(error, MlErrorIds.WorkspaceAmbiguous, ErrorCategory.InvalidArgument, "second", "-Workspace");
    }

    [Fact]
    public async Task Change_TwoConnectionsAndWorkspaceNamed_ActsThere()
    {
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", "second"] });
        Session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", other.ConnectionFile).AssertSucceeded();

        MlEndpoint endpoint = Session.Invoke("New-MlEndpoint $args[0] -Workspace second", Fixture.UniqueName("two")).One<MlEndpoint>();

        Assert.Equal("second", endpoint.WorkspaceName);
    }

    [Fact]
    public async Task Object_WithANewerConnectionOpen_ActsInItsOwnWorkspace()
    {
        string name = EndpointWithBlue();
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", "second"] });
        Session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", other.ConnectionFile).AssertSucceeded();

        InvocationResult result = Session.Invoke("$endpoint | Update-MlEndpoint -Description 'still here'");

        Assert.Empty(result.Errors);
        Assert.Equal("still here", Session.Invoke("(Get-MlEndpoint $args[0] -Workspace (Get-MlWorkspace)[1]).Description", name).One<string>());
    }

    [Fact]
    public async Task Model_OfAnotherWorkspaceThanTheEndpoint_IsAnErrorThatNamesCopyMlModel()
    {
        EndpointWithBlue();
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", "second"] });
        Session.Invoke(
            "$second = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]; $foreign = Register-MlModel heart -Path $args[1] -Workspace $second",
            other.ConnectionFile,
            ExampleModels.V2).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$foreign | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.WorkspaceMismatch, ErrorCategory.InvalidArgument, "second", "Copy-MlModel");
    }

    [Fact]
    public void Object_InAnotherRunspace_FindsItsConnectionProcessWide()
    {
        string name = EndpointWithBlue();
        using ModuleSession elsewhere = new();
        elsewhere.SetVariable("endpoint", Session.GetVariable("endpoint"));

        MlTraffic traffic = elsewhere.Invoke("$endpoint | Get-MlTraffic").One<MlTraffic>();

        Assert.Equal(name, traffic.EndpointName);
    }

    [Fact]
    public void Name_InAnotherRunspace_HasNoDefaultConnection()
    {
        using ModuleSession elsewhere = new();

        AssertError(elsewhere.Invoke("Get-MlEndpoint").Error, MlErrorIds.NotConnected, ErrorCategory.ConnectionError, "Connect-MlWorkspace");
    }

    [Fact]
    public void WhatIf_Text_NamesEndpointDeploymentAndWorkspace()
    {
        string name = EndpointWithBlue();
        Session.Host.TakeOutput();

        Session.Invoke("$blue | Update-MlDeployment -InstanceCount 2 -WhatIf").AssertSucceeded();

        string said = Session.Host.TakeOutput();
        Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Contains("blue", said, StringComparison.Ordinal);
        Assert.Contains(Fixture.Emulator.Connection.Workspace, said, StringComparison.Ordinal);
    }
}
