using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.PublishMlModel;

public sealed class PublishMlModelTests : WorkspaceTest
{
    private const string Registry = "emulator-registry";
    private readonly string _name;

    public PublishMlModelTests(EmulatorFixture fixture)
        : base(fixture)
    {
        _name = fixture.UniqueName("publish");
        Session.Invoke(
            "$model = Register-MlModel $args[0] -Path $args[1] -Description 'checked' -Tag @{ approved = 'yes' } -ErrorAction Stop", _name, ExampleModels.V1).AssertSucceeded();
    }

    [Fact]
    public void Version_Published_IsInTheRegistryWithItsHashAndTags()
    {
        MlRegistryModel model = Session.Invoke("$model | Publish-MlModel -Registry $args[0]", Registry).One<MlRegistryModel>();

        Assert.Equal((_name, "1", Registry, "mlflow_model", "checked"), (model.Name, model.Version!.Value, model.RegistryName, model.ModelType, model.Description));
        Assert.Equal($"azureml://registries/{Registry}/models/{_name}/versions/1", model.Reference);
        Assert.EndsWith($"/registries/{Registry}/models/{_name}/versions/1", model.Id, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(((MlModel)Session.GetVariable("model")!).ContentHash, model.ContentHash);
        Assert.Equal("yes", model.Tags["approved"]);
        string shown = Session.RenderedAs(model);
        Assert.All([_name, Registry, "mlflow_model"], word => Assert.Contains(word, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Published_Deployed_AnswersAsTheModelOfTheWorkspaceDoes()
    {
        InvocationResult result = Session.Invoke(
            """
            $endpoint = New-MlEndpoint $args[0] -ErrorAction Stop
            $null = $model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic -ErrorAction Stop
            $null = $model | Publish-MlModel -Registry $args[2] | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -ErrorAction Stop
            foreach ($name in 'blue', 'green') { $endpoint | Invoke-MlEndpoint -Deployment $name -RequestFile $args[1] -Raw -ErrorAction Stop }
            $endpoint | Remove-MlEndpoint -Force
            """,
            Fixture.UniqueName("p"),
            ExampleModels.SampleRequest,
            Registry);

        string[] answers = [.. result.AssertSucceeded().Output.Select(item => item.ToString()!)];
        Assert.Equal(2, answers.Length);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task Version_ThatIsThere_IsNotChanged()
    {
        Session.Invoke("$model | Publish-MlModel -Registry $args[0]", Registry).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$model | Publish-MlModel -Registry $args[0]", Registry);

        AssertError(error, MlErrorIds.ModelAlreadyExists, ErrorCategory.ResourceExists, Registry, "-DestinationVersion");
        Assert.Equal("1", Session.Invoke("$model | Publish-MlModel -Registry $args[0] -IfExists Skip", Registry).One<MlRegistryModel>().Version!.Value);
        Session.Invoke("$other = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop", _name, ExampleModels.V2).AssertSucceeded();
        AssertError(
            await FailsWithoutChangeAsync("$other | Publish-MlModel -Registry $args[0] -DestinationVersion 1 -IfExists Skip", Registry),
            MlErrorIds.ModelAlreadyExists, ErrorCategory.ResourceBusy, "content");
    }

    [Fact]
    public void NameAndVersion_OfTheRegistry_AreItsOwn()
    {
        string name = Fixture.UniqueName("central");

        MlRegistryModel model = Session.Invoke("Publish-MlModel $args[0] 1 -Registry $args[1] -DestinationName $args[2] -DestinationVersion 2026.1", _name, Registry, name).One<MlRegistryModel>();

        Assert.Equal($"azureml://registries/{Registry}/models/{name}/versions/2026.1", model.Reference);
    }

    [Fact]
    public void Registry_ThatIsNotThere_IsAnErrorThatNamesIt()
    {
        InvocationResult result = Session.Invoke("$model | Publish-MlModel -Registry no-such-registry");

        AssertError(result.Error, MlErrorIds.RequestRefused, ErrorCategory.ObjectNotFound, "no-such-registry");
    }

    [Fact]
    public async Task Publishing_ThatFails_IsAnErrorWithTheServicesWords()
    {
        await using Faults faults = await Faults.SetAsync(
            Fixture, """{ "kind": "FailOperation", "method": "POST", "path": "*/publish", "code": "BadArgument", "message": "The registry takes no more." }""");

        ErrorRecord error = Session.Invoke("$model | Publish-MlModel -Registry $args[0]", Registry).Error;

        AssertError(error, MlErrorIds.OperationFailed, ErrorCategory.InvalidResult, Registry, "(BadArgument): The registry takes no more.");
    }

    [Fact]
    public async Task WhatIf_NamesModelWorkspaceAndRegistryAndChangesNothing()
    {
        int before = await CountChangesAsync();
        Session.Host.TakeOutput();

        Session.Invoke("$model | Publish-MlModel -Registry $args[0] -WhatIf", Registry).AssertSucceeded();

        string said = Session.Host.TakeOutput();
        Assert.All([$"{_name}:1", $"registry {Registry}", $"workspace {Fixture.Emulator.Connection.Workspace}"], word => Assert.Contains(word, said, StringComparison.Ordinal));
        Assert.Equal(before, await CountChangesAsync());
    }
}
