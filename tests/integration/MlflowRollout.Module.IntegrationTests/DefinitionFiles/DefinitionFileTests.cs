using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.DefinitionFiles;

/// <summary>Definition files of endpoints, models and weights; parameters win over them.</summary>
public sealed class DefinitionFileTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void NewMlEndpoint_TakesNameAndRestFromTheFile_AndParametersWin()
    {
        string name = Fixture.UniqueName("e");
        string file = Folder.Write("endpoint.yml", $"name: {name}\ndescription: of the file\ntags: {{a: 1, b: 2}}\nproperties: {{p: of the file}}\n");

        MlEndpoint endpoint = Session.Invoke("New-MlEndpoint -DefinitionFile $args[0] -Description typed -Tag @{ B = 3; c = 4 }", file).One<MlEndpoint>();

        Assert.Equal((name, "typed"), (endpoint.Name, endpoint.Description));
        Assert.Equal([("B", "3"), ("a", "1"), ("c", "4")], endpoint.Tags.Select(tag => (tag.Key, tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.Equal("of the file", endpoint.Properties["p"]);
    }

    [Fact]
    public void NewMlEndpoint_TypedName_ReplacesThatOfTheFile()
    {
        string name = Fixture.UniqueName("e");
        string file = Folder.Write("endpoint.json", "{ \"name\": \"{{ENDPOINT_NAME}}\", \"auth_mode\": \"aml_token\" }");

        MlEndpoint endpoint = Session.Invoke("New-MlEndpoint $args[0] -DefinitionFile $args[1]", name, file).One<MlEndpoint>();

        Assert.Equal((name, MlAuthMode.AmlToken), (endpoint.Name, endpoint.AuthMode));
    }

    [Fact]
    public async Task NewMlEndpoint_FileWithTraffic_IsRefused()
    {
        string file = Folder.Write("endpoint.yml", $"name: {Fixture.UniqueName("e")}\ntraffic: {{blue: 100}}\n");

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.DefinitionInvalid, ErrorCategory.InvalidData, file, "no deployments", "Set-MlTraffic");
    }

    [Theory]
    [InlineData("New-MlEndpoint -DefinitionFile $args[0]", "-Name", "'name'")]
    [InlineData("Update-MlEndpoint -DefinitionFile $args[0]", "-Name", "'name'")]
    [InlineData("Update-MlDeployment -DefinitionFile $args[0]", "-Endpoint", "'endpoint_name'")]
    [InlineData("New-MlDeployment -DefinitionFile $args[0]", "-Endpoint", "'endpoint_name'")]
    [InlineData("New-MlDeployment -Endpoint some -DefinitionFile $args[0]", "-Name", "'name'")]
    [InlineData("Register-MlModel -DefinitionFile $args[0]", "-Name", "'name'")]
    [InlineData("Register-MlModel some -DefinitionFile $args[0]", "-Path", "'path'")]
    [InlineData("New-MlEndpoint", "-Name", "definition file")]
    [InlineData("New-MlDeployment green -Endpoint some", "-Model", "definition file")]
    [InlineData("New-MlDeployment green -Model some", "-Endpoint", "definition file")]
    [InlineData("Register-MlModel some", "-Path", "definition file")]
    public async Task NeitherParameterNorFileNamesIt_IsAnErrorOfOurs(string script, params string[] words)
    {
        string file = Folder.Write("empty.yml", "description: says nothing\n");

        ErrorRecord error = await FailsWithoutChangeAsync(script, file);

        AssertError(error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, words);
    }

    [Theory]
    [InlineData("New-MlEndpoint")]
    [InlineData("Update-MlEndpoint")]
    [InlineData("New-MlDeployment")]
    [InlineData("Update-MlDeployment")]
    [InlineData("Register-MlModel")]
    [InlineData("Set-MlTraffic")]
    public async Task Mistake_IsRefusedWithItsPlace(string command)
    {
        string file = Folder.Write("mistake.yml", "# a line\nnaem: some-name\n");

        ErrorRecord error = await FailsWithoutChangeAsync($"{command} -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.DefinitionInvalid, ErrorCategory.InvalidData, file, "line 2, column 1", "'naem'", "'name'");
    }

    [Fact]
    public async Task MissingFile_IsAnError()
    {
        ErrorRecord error = await FailsWithoutChangeAsync("New-MlEndpoint -DefinitionFile $args[0]", Folder["nothing.yml"]);

        AssertError(error, MlErrorIds.PathNotFound, ErrorCategory.ObjectNotFound, "nothing.yml");
    }

    [Fact]
    public void KeysOfTheService_AreNamedInVerbose()
    {
        string file = Folder.Write("endpoint.yml", $"name: {Fixture.UniqueName("e")}\nscoring_uri: https://example.org\n");

        InvocationResult result = Session.Invoke("New-MlEndpoint -DefinitionFile $args[0] -Verbose", file).AssertSucceeded();

        Assert.Contains(result.Verbose, line => line.Contains("line 2: 'scoring_uri'", StringComparison.Ordinal));
    }

    [Fact]
    public void UpdateMlEndpoint_SetsWhatTheFileSays_TrafficToo()
    {
        string name = EndpointWithBlue();
        AddGreen();
        string file = Folder.Write("endpoint.yml", $"name: {name}\nauth_mode: key\ndescription: two\ntraffic: {{blue: 70, green: 30}}\n");

        MlEndpoint updated = Session.Invoke("Update-MlEndpoint -DefinitionFile $args[0] -Tag @{ a = 1 }", file).One<MlEndpoint>();

        Assert.Equal(("two", "1", "blue=70 green=30"), (updated.Description, updated.Tags["a"], updated.Traffic.ToString()));
        Assert.Equal("blue=70 green=30", TrafficOf(name));
    }

    [Fact]
    public async Task UpdateMlEndpoint_OtherAuthMode_IsRefused()
    {
        string name = EndpointWithBlue();
        string file = Folder.Write("endpoint.yml", "auth_mode: aml_token\n");

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Update-MlEndpoint -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.EndpointAuthModeMismatch, ErrorCategory.ResourceBusy, name, "cannot be changed");
    }

    [Fact]
    public async Task UpdateMlEndpoint_OtherCompute_IsRefused()
    {
        string name = EndpointWithBlue();
        string file = Folder.Write("endpoint.yml", "compute: azureml:cluster-1\n");

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Update-MlEndpoint -DefinitionFile $args[0]", file);

        AssertError(error, MlErrorIds.ResourceConflict, ErrorCategory.ResourceBusy, name, "managed compute");
    }

    [Fact]
    public async Task UpdateMlEndpoint_WhatIf_SaysBothChangesAndMakesNone()
    {
        string name = EndpointWithBlue();
        int before = await CountChangesAsync();
        string file = Folder.Write("endpoint.yml", $"name: {name}\ndescription: two\ntraffic: {{blue: 100}}\n");

        Session.Invoke("Update-MlEndpoint -DefinitionFile $args[0] -WhatIf", file).AssertSucceeded();

        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public void RegisterMlModel_PathsCountFromTheFile_AndParametersWin()
    {
        string name = Fixture.UniqueName("m");
        string relative = Path.GetRelativePath(Folder.Path, ExampleModels.V1).Replace('\\', '/');
        string file = Folder.Write("model.yml", $"name: {name}\npath: {relative}\ntype: mlflow_model\ntags: {{a: 1, b: 2}}\nstage: Staging\nversion: 7\n");

        MlModel model = Session.Invoke("Register-MlModel -DefinitionFile $args[0] -Tag @{ b = 3 } -Stage Production", file).One<MlModel>();

        Assert.Equal((name, "7", "mlflow_model", "Production"), (model.Name, model.Version!.Value, model.ModelType, model.Stage));
        Assert.Equal(("1", "3"), (model.Tags["a"], model.Tags["b"]));
        Assert.Contains("python_function", model.Flavors);
    }

    [Fact]
    public void RegisterMlModel_PipedPath_ReplacesThatOfTheFile()
    {
        string name = Fixture.UniqueName("m");
        string file = Folder.Write("model.yml", $"name: {name}\npath: ./nowhere\n");

        MlModel model = Session.Invoke("$args[0] | Register-MlModel -DefinitionFile $args[1]", ExampleModels.V1, file).One<MlModel>();

        Assert.Equal((name, "1"), (model.Name, model.Version!.Value));
    }

    [Theory]
    [InlineData("Set-MlTraffic -DefinitionFile $args[0] -PassThru")]
    [InlineData("$endpoint | Set-MlTraffic -DefinitionFile $args[1] -PassThru")]
    [InlineData("Set-MlTraffic -Endpoint $endpoint.Name -DefinitionFile $args[1] -PassThru")]
    public void SetMlTraffic_TakesTheWeightsOfTheFile(string script)
    {
        string name = EndpointWithBlue();
        AddGreen();
        string named = Folder.Write("endpoint.yml", $"name: {name}\nauth_mode: key\ntraffic: {{blue: 90, green: 10}}\n");
        string plain = Folder.Write("traffic.json", "{\"traffic\": {\"blue\": 90, \"green\": 10}}");

        MlTraffic traffic = Session.Invoke(script, named, plain).One<MlTraffic>();

        Assert.Equal("blue=90 green=10", traffic.Traffic.ToString());
    }

    [Fact]
    public void SetMlTraffic_TypedWeights_ReplaceThoseOfTheFile()
    {
        EndpointWithBlue();
        AddGreen();
        string file = Folder.Write("traffic.json", "{\"traffic\": {\"blue\": 90, \"green\": 10}, \"mirror_traffic\": {\"green\": 20}}");

        MlTraffic traffic = Session.Invoke("$endpoint | Set-MlTraffic @{ blue = 100 } -DefinitionFile $args[0] -PassThru", file).One<MlTraffic>();

        Assert.Equal((100, 0, 20), (traffic.Traffic.WeightOf("blue"), traffic.Traffic.WeightOf("green"), traffic.MirrorTraffic.WeightOf("green")));
    }
}
