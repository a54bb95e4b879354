using System.Text.Json;
using MlflowRollout.OfficialClients.IntegrationTests.Comparison;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Walkthrough;

/// <summary>Both clients beyond managed endpoints of MLflow models without code: environments, code, Kubernetes, tokens.</summary>
[Collection("emulator")]
public sealed class BeyondTests(EmulatorFixture fixture)
{
    private const string Image = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest";
    private const string Refused = "not supported by the emulator";

    private string WorkspaceId => fixture.Emulator.Connection.WorkspaceId;

    [SkippableFact]
    public async Task AzureAiMl_EnvironmentsCodeKubernetesToken_AreAsAgainstTheService()
    {
        using TemporaryFolder folder = new();
        ClientRun run = await Drivers.RunPythonAsync(
            "beyond.py", fixture.Emulator.ConnectionFile, ExampleModels.HeartClassifier, ClientComparison.Definitions, folder.Write("request.json", ExampleRows.Request()));

        Environments(run, "python");
        run.Step("environment-latest", environment => Environment(environment, "python", "2", "second"));
        run.Refused("scripted", error =>
        {
            Assert.Equal(("HttpResponseError", "BadArgument"), (error.Type, error.Code));
            Assert.Contains(Refused, error.Message, StringComparison.Ordinal);
        });
        Stored(run, "/codes/", "/environments/CliV2AnonymousEnvironment/versions/");
        Kubernetes(run);
        run.Step("token", token =>
        {
            Assert.Equal("aml_token", token.Text("authMode"));
            Assert.Equal("EndpointAuthToken", token.Text("type"));
            Assert.True(token.GetProperty("lasts").GetBoolean());
            Assert.Equal(ExampleRows.Labels(1), token.Compact("predictions"));
        });
        End(run, "python");
    }

    [SkippableFact]
    public async Task ArmMachineLearning_EnvironmentsCodeKubernetesToken_AreAsAgainstTheService()
    {
        using TemporaryFolder folder = new();
        ClientRun run = await Drivers.RunNodeAsync(
            "beyond.mjs", fixture.Emulator.ConnectionFile, ExampleModels.HeartClassifier, ClientComparison.Definitions, folder.Write("request.json", ExampleRows.Request()));

        Environments(run, "node");
        run.Step("environment-container", versions => Assert.Equal(("1", "2"), (versions.Text("latest"), versions.Text("next"))));
        run.Step("code-create", code => Assert.Equal($"{WorkspaceId}/codes/node-code/versions/1", code.Text("id")));
        run.Step("code-get", code => Assert.Equal(run.Result("code-create").ToString(), code.ToString()));
        run.Refused("scripted", error =>
        {
            Assert.Contains("The long-running operation has failed. BadArgument.", error.Message, StringComparison.Ordinal);
            Assert.Contains(Refused, error.Message, StringComparison.Ordinal);
        });
        Stored(run, "/codes/node-code/versions/1", "/environments/node-environment/versions/1");
        run.Step("compute", compute => Assert.Equal(("cluster", "Kubernetes"), (compute.Text("name"), compute.Text("type"))));
        Kubernetes(run);
        run.Step("kubernetes", deployment => Assert.Equal("""{"cpu":"0.2","memory":"1Gi"}""", deployment.Compact("limits")));
        run.Step("token", token =>
        {
            Assert.Equal("AMLToken", token.Text("authMode"));
            Assert.True(token.GetProperty("lasts").GetBoolean());
            Assert.Equal(ExampleRows.Labels(1), token.Compact("predictions"));
        });
        End(run, "node");
    }

    private void Environments(ClientRun run, string client)
    {
        run.Step("environment-create", environment => Environment(environment, client, "1", "first"));
        run.Step("environment-again", environment => Environment(environment, client, "2", "second"));
        run.Step("environment-get", environment => Environment(environment, client, "1", "first"));
        run.Step("environment-versions", versions => Assert.Equal(["2", "1"], versions.Texts()));
        run.Step("environment-archive");
        run.Step("environment-versions-archived", versions => Assert.Equal(["1"], versions.Texts()));
        run.Step("environment-names", names => Assert.Contains($"{client}-environment", names.Texts()));
        run.Refused("environment-missing", error =>
        {
            Assert.Equal((404, "ResourceNotFound"), (error.Status, error.Code));
            Assert.Contains($"environments/{client}-environment/versions/99", error.Message, StringComparison.Ordinal);
        });
    }

    private void Environment(JsonElement environment, string client, string version, string made)
    {
        Assert.Equal($"{client}-environment", environment.Text("name"));
        Assert.Equal(version, environment.Text("version"));
        Assert.Equal(Image, environment.Text("image"));
        Assert.Equal($"{WorkspaceId}/environments/{client}-environment/versions/{version}", environment.Text("id"));
        Assert.Equal($$"""{"made":"{{made}}"}""", environment.Compact("tags"));
        Assert.Contains("scikit-learn==1.2.1", environment.GetProperty("conda").ToString(), StringComparison.Ordinal);
    }

    // What the emulator cannot run, it still keeps as it was sent.
    private void Stored(ClientRun run, string code, string environment) => run.Step("scripted-stored", deployment =>
    {
        Assert.Equal("Failed", deployment.Text("state"));
        Assert.StartsWith(WorkspaceId + code, deployment.Text("code"), StringComparison.Ordinal);
        Assert.StartsWith(WorkspaceId + environment, deployment.Text("environment"), StringComparison.Ordinal);
        Assert.Equal("score.py", deployment.Text("script"));
    });

    private void Kubernetes(ClientRun run) => run.Step("kubernetes", deployment =>
    {
        Assert.Equal($"{WorkspaceId}/computes/cluster", deployment.Text("compute"));
        Assert.Equal("Succeeded", deployment.Text("state"));
        Assert.Equal("defaultinstancetype", deployment.Text("instanceType"));
        Assert.Equal(ExampleRows.Labels(1), deployment.Compact("predictions"));
    });

    private static void End(ClientRun run, string client)
    {
        run.Step($"delete-{client}-scripted");
        run.Step($"delete-{client}-k8s");
        run.Step($"delete-{client}-token");
        run.AssertWholeRunChecked();
    }
}
