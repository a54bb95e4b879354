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
    public async Task EveryChange_TwoConnectionsAndNamesAlone_IsRefused()
    {
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(new EmulatorOptions { Arguments = ["--workspace", "second"] });
        Session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", other.ConnectionFile).AssertSucceeded();
        Dictionary<string, string> calls = new()
        {
            ["New-MlEndpoint"] = "some",
            ["Update-MlEndpoint"] = "some -Description x",
            ["Remove-MlEndpoint"] = "some -Force",
            ["Reset-MlEndpointKey"] = "some -KeyType Primary -Force",
            ["New-MlDeployment"] = "blue -Endpoint some -Model m:1 -InstanceType Standard_DS2_v2",
            ["Update-MlDeployment"] = "blue -Endpoint some -InstanceCount 2",
            ["Remove-MlDeployment"] = "blue -Endpoint some -Force",
            ["Set-MlTraffic"] = "@{ blue = 100 } -Endpoint some -Force",
            ["Register-MlModel"] = $"m -Path '{ExampleModels.V1}'",
            ["Update-MlModel"] = "m 1 -Stage x",
            ["Disable-MlModel"] = "m 1",
            ["Enable-MlModel"] = "m 1",
            ["Remove-MlModel"] = "m 1 -Force",
            ["Save-MlModel"] = "m 1 -Path some",
            ["Copy-MlModel"] = "m 1 -Destination second",
            ["Publish-MlModel"] = "m 1 -Registry some",
        };
        string[] changes = [.. Session.Invoke("Get-Command -Module MlflowRollout").AssertSucceeded().Output.Select(item => (CmdletInfo)item.BaseObject)
            .Where(command => command.Parameters.ContainsKey("WhatIf") && command.Parameters.ContainsKey("Workspace") && command.Noun != "MlWorkspace")
            .Select(command => command.Name)];

        Assert.Equal(calls.Keys.Order(StringComparer.Ordinal), changes.Order(StringComparer.Ordinal));
        foreach ((string command, string arguments) in calls)
        {
            ErrorRecord error = await FailsWithoutChangeAsync($"{command} {arguments}");

            AssertError(error, MlErrorIds.WorkspaceAmbiguous, ErrorCategory.InvalidArgument, "second", "-Workspace");
        }
    }

    [Fact]
    public async Task Workspace_ThatFailedToConnect_IsNotTakenForTheOneThatIsConnected()
    {
        string name = EndpointWithBlue();

        InvocationResult result = Session.Invoke("$ErrorActionPreference = 'Continue'; $test = Connect-MlWorkspace -Emulator -ConnectionFile $args[1]; Remove-MlEndpoint $args[0] -Workspace $test -Force", name, "no-such-file.json");

        Assert.Equal(MlErrorIds.EarlierStepFailed, InvocationResult.IdOf(result.Errors[^1]));
        Assert.Equal(name, Session.Invoke("Get-MlEndpoint $args[0]", name).One<MlEndpoint>().Name);
        await Task.CompletedTask;
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
    public async Task WhatIf_Text_NamesEndpointDeploymentAndWorkspace()
    {
        string name = EndpointWithBlue();
        AddGreen();
        int before = await CountChangesAsync();
        string workspace = $"workspace {Fixture.Emulator.Connection.Workspace}";
        (string Script, string[] Names)[] steps =
        [
            ("New-MlEndpoint heart-what-if -WhatIf", ["heart-what-if"]),
            ("$endpoint | Update-MlEndpoint -Description x -WhatIf", [name]),
            ("$endpoint | Reset-MlEndpointKey -KeyType Primary -WhatIf", [name]),
            ("$model | New-MlDeployment third -Endpoint $endpoint -InstanceType Standard_DS2_v2 -WhatIf", [name, "third"]),
            ("$blue | Update-MlDeployment -InstanceCount 2 -WhatIf", [name, "blue"]),
            ("$green | Remove-MlDeployment -WhatIf", [name, "green"]),
            ("$green | Set-MlTraffic -Weight 10 -WhatIf", [name, "green"]),
            ("$endpoint | Remove-MlEndpoint -WhatIf", [name]),
            ("Register-MlModel another -Path $args[0] -WhatIf", ["another"]),
            ("$model | Update-MlModel -Stage x -WhatIf", [name]),
            ("$model | Disable-MlModel -WhatIf", [name]),
        ];
        foreach ((string script, string[] names) in steps)
        {
            Session.Host.TakeOutput();
            Session.Invoke(script, ExampleModels.V1).AssertSucceeded();

            string said = Session.Host.TakeOutput();
            Assert.All([.. names, workspace], word => Assert.True(said.Contains(word, StringComparison.Ordinal), $"{script} does not say {word}: {said}"));
        }

        Assert.Equal(before, await CountChangesAsync());
    }
}
