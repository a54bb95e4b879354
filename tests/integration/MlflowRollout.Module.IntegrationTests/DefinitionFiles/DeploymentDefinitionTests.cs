using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.DefinitionFiles;

/// <summary>Definition files of deployments, with models that are registered on the way.</summary>
public sealed class DeploymentDefinitionTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void New_FromTheFileAlone_RegistersItsModelFirst()
    {
        string name = Endpoint();
        string file = Definition($"name: blue\nendpoint_name: {name}\n{Inline(name)}");

        MlDeployment blue = Session.Invoke("New-MlDeployment -DefinitionFile $args[0] -AllTraffic", file).One<MlDeployment>();
        MlDeployment green = Session.Invoke("New-MlDeployment green -DefinitionFile $args[0] -InstanceCount 2", file).One<MlDeployment>();

        Assert.Equal((name, "1", 1, TimeSpan.FromSeconds(7)), (blue.ModelName, blue.ModelVersion?.ToString(), blue.InstanceCount, blue.RequestTimeout));
        Assert.Equal(("green", "1", 2), (green.Name, green.ModelVersion?.ToString(), green.InstanceCount));
        Assert.Single(Session.Invoke("Get-MlModel $args[0] -Version *", name).AssertSucceeded().Output);
        Assert.Equal("blue=100 green=0", TrafficOf(name));
    }

    [Fact]
    public void New_ModelWithoutAName_IsNamedAfterItsContent()
    {
        string name = Endpoint();
        string file = Definition($"model:\n  path: '{ExampleModels.V1}'\ninstance_type: Standard_DS2_v2\n");

        MlDeployment blue = Session.Invoke("New-MlDeployment blue -Endpoint $args[0] -DefinitionFile $args[1]", name, file).One<MlDeployment>();
        MlDeployment green = Session.Invoke("New-MlDeployment green -Endpoint $args[0] -DefinitionFile $args[1]", name, file).One<MlDeployment>();

        Assert.Matches("^[0-9a-f]{32}$", blue.ModelName!);
        Assert.Equal((blue.ModelName, "1"), (green.ModelName, green.ModelVersion?.ToString()));
    }

    [Fact]
    public async Task New_WhatIf_UploadsAndRegistersNothing()
    {
        string name = Endpoint();
        string file = Definition($"name: blue\nendpoint_name: {name}\n{Inline(name)}");
        int before = await CountChangesAsync();

        InvocationResult result = Session.Invoke("New-MlDeployment -DefinitionFile $args[0] -WhatIf", file).AssertSucceeded();

        Assert.Empty(result.Output);
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task New_DeploymentThatExists_RegistersNothing()
    {
        string name = EndpointWithBlue();
        string file = Definition($"name: blue\nendpoint_name: {name}\n{Inline(Fixture.UniqueName("m"))}");

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlDeployment -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.DeploymentAlreadyExists, ErrorCategory.ResourceExists, name, "blue");
    }

    [Theory]
    [InlineData("$model | New-MlDeployment -DefinitionFile $args[0]")]
    [InlineData("$model | New-MlDeployment green -Endpoint $endpoint -DefinitionFile $args[0]")]
    [InlineData("$endpoint | New-MlDeployment -Model $model -DefinitionFile $args[0]")]
    [InlineData("$model | New-MlDeployment { 'green' } -DefinitionFile $args[0]")]
    public void New_PipedObjects_WinOverTheFile(string script)
    {
        string name = EndpointWithBlue();
        string file = Definition($"name: green\nendpoint_name: {name}\nmodel: {{name: other, path: ./nowhere}}\ninstance_type: Standard_DS2_v2\n");

        MlDeployment green = Session.Invoke(script, file).One<MlDeployment>();

        Assert.Equal((name, "green", name), (green.EndpointName, green.Name, green.ModelName));
    }

    [Fact]
    public void New_PipedEndpoint_WithTheModelOfTheFile()
    {
        string name = EndpointWithBlue();
        string file = Definition($"name: green\nendpoint_name: not-this-one\nmodel: azureml:{name}:1\ninstance_type: Standard_DS2_v2\n");

        MlDeployment green = Session.Invoke("$endpoint | New-MlDeployment -DefinitionFile $args[0]", file).One<MlDeployment>();

        Assert.Equal((name, name), (green.EndpointName, green.ModelName));
    }

    [Fact]
    public void New_Settings_AreMergedValueByValue()
    {
        string name = EndpointWithBlue();
        string file = Definition(
            $$"""
            name: green
            endpoint_name: {{name}}
            model: azureml:{{name}}:1
            instance_type: Standard_DS3_v2
            instance_count: 3
            environment_variables: {A: of the file, B: of the file}
            liveness_probe: {period: 20, timeout: 4}
            app_insights_enabled: true
            """);

        MlDeployment green = Session.Invoke(
            """
            New-MlDeployment -DefinitionFile $args[0] -InstanceType Standard_DS2_v2 -AppInsightsEnabled:$false `
                -EnvironmentVariable @{ B = 'typed'; C = 'typed' } -LivenessProbe @{ Timeout = '5s' }
            """,
            file).One<MlDeployment>();

        Assert.Equal(("Standard_DS2_v2", 3, false), (green.InstanceType, green.InstanceCount, green.AppInsightsEnabled));
        Assert.Equal(["A=of the file", "B=typed", "C=typed"], green.EnvironmentVariables.Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5)), (green.LivenessProbe?.Period, green.LivenessProbe?.Timeout));
    }

    [Fact]
    public async Task New_KubernetesDefinition_OnAManagedEndpoint_IsRefused()
    {
        string name = EndpointWithBlue();
        string file = Definition($"name: green\ntype: kubernetes\nendpoint_name: {name}\nmodel: azureml:{name}:1\n");

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlDeployment -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "Kubernetes", "managed");
    }

    [Fact]
    public async Task New_ScriptBlockForTheName_NeedsAModelThatIsThere()
    {
        string name = Endpoint();
        string file = Definition($"endpoint_name: {name}\n{Inline(name)}");

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlDeployment { \"green-$($_.Version)\" } -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "script block");
    }

    [Fact]
    public void New_AsJob_ReadsTheFile()
    {
        string name = Endpoint();
        Definition($"name: blue\nendpoint_name: {name}\n{Inline(name)}");

        MlDeployment blue = Session.Invoke(
            "Set-Location $args[0]; New-MlDeployment -DefinitionFile ./deployment.yml -AsJob | Wait-Job | Receive-Job", Folder.Path).One<MlDeployment>();

        Assert.Equal((name, "blue"), (blue.EndpointName, blue.Name));
    }

    [Theory]
    [InlineData("Update-MlDeployment -DefinitionFile $args[0]")]
    [InlineData("$green | Update-MlDeployment -DefinitionFile $args[0]")]
    [InlineData("$endpoint | Update-MlDeployment -DefinitionFile $args[0]")]
    [InlineData("$endpoint | Update-MlDeployment green -DefinitionFile $args[0]")]
    [InlineData("Update-MlDeployment green -Endpoint $endpoint.Name -DefinitionFile $args[0]")]
    public void Update_SetsWhatTheFileSays(string script)
    {
        string name = EndpointWithBlue();
        AddGreen();
        string file = Definition($"name: green\nendpoint_name: {name}\ninstance_count: 2\ntags: {{a: 1}}\nrequest_settings: {{request_timeout_ms: 9000}}\n");

        MlDeployment updated = Session.Invoke(script, file).One<MlDeployment>();

        Assert.Equal(("green", 2, TimeSpan.FromSeconds(9), "1"), (updated.Name, updated.InstanceCount, updated.RequestTimeout, updated.Tags["a"]));
        Assert.Equal("2", updated.ModelVersion?.ToString());
    }

    [Fact]
    public async Task Update_OtherInstanceType_IsRefused()
    {
        string name = EndpointWithBlue();
        AddGreen();
        string file = Definition($"name: green\nendpoint_name: {name}\ninstance_type: Standard_F4s_v2\n");

        ErrorRecord error = await FailsWithoutChangeAsync("Update-MlDeployment -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidOperation, "instance type", name);
    }

    [Fact]
    public void Update_ModelOfTheFile_IsRegisteredAndDeployed()
    {
        string name = EndpointWithBlue();
        AddGreen();
        string file = Definition($"name: green\nendpoint_name: {name}\nmodel: {{name: {name}, path: '{ExampleModels.V3}'}}\n");

        MlDeployment updated = Session.Invoke("Update-MlDeployment -DefinitionFile $args[0]", file).One<MlDeployment>();

        Assert.Equal("3", updated.ModelVersion?.ToString());
    }

    private string Endpoint()
    {
        string name = Fixture.UniqueName("e");
        Session.Invoke("$endpoint = New-MlEndpoint $args[0] -ErrorAction Stop", name).AssertSucceeded();
        return name;
    }

    private string Definition(string text) => Folder.Write("deployment.yml", text);

    private static string Inline(string model) =>
        $"model:\n  name: {model}\n  path: '{ExampleModels.V1}'\n  type: mlflow_model\ninstance_type: Standard_DS2_v2\nrequest_settings:\n  request_timeout_ms: 7000\n";
}
