using System.Globalization;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Walkthrough;

/// <summary>What a walkthrough must give whichever client does it. <paramref name="name"/> is that of its endpoint and its model.</summary>
internal sealed class WalkthroughChecks(ClientRun run, EmulatorProcess emulator, string name)
{
    private const string ModelType = "mlflow_model";

    private string ModelId => $"{emulator.Connection.WorkspaceId}/models/{name}/versions/";

    public void Workspace()
    {
        run.Step("workspace", workspace =>
        {
            Assert.Equal(emulator.Connection.Workspace, workspace.Text("name"));
            Assert.Equal(emulator.Connection.Location, workspace.Text("location"));
            Assert.Equal(emulator.Connection.WorkspaceId, workspace.Text("id"));
        });
        run.Step("datastore", store =>
        {
            Assert.Equal("workspaceblobstore", store.Text("name"));
            Assert.Equal("AzureBlob", store.Text("type"));
            Assert.NotEmpty(store.Text("account"));
            Assert.NotEmpty(store.Text("container"));
        });
    }

    /// <summary>Model versions 1, 2 and 7, of model folders 1, 2 and 3.</summary>
    public void Models(params string[] registered)
    {
        run.Step("register-v1", model => Model(model, "1", "model-v1"));
        run.Step("register-v2", model => Model(model, "2", "model-v2"));
        run.Step("register-fixed-version", model => Model(model, "7", "model-v3"));
        run.Step("model-get", model => Model(model, "1", "model-v1"));
        run.Step("model-latest", model => Model(model, "7", "model-v3"));
        run.Step("model-versions", versions => Assert.Equal(["7", .. registered], versions.Texts()));
        run.Step("model-names", names => Assert.Contains(name, names.Texts()));
        run.Step("model-archive");
        run.Step("model-versions-archived", versions => Assert.Equal(registered, versions.Texts()));
        run.Step("model-restore");
        run.Step("model-versions-restored", versions => Assert.Equal(["7", .. registered], versions.Texts()));
        run.Step("model-download", content =>
        {
            Assert.Equal(Directory.GetFiles(ExampleModels.V1).Select(Path.GetFileName).Order(StringComparer.Ordinal), content.GetProperty("found").Texts());
            Assert.Empty(content.GetProperty("different").Texts());
        });
    }

    public void Endpoint()
    {
        run.Step("endpoint-create", CreatedEndpoint);
        run.Step("endpoint-get", CreatedEndpoint);
        run.Step("keys", keys =>
        {
            Assert.True(keys.GetProperty("differ").GetBoolean());
            Assert.InRange(keys.GetProperty("primary").GetInt32(), 32, 128);
            Assert.InRange(keys.GetProperty("secondary").GetInt32(), 32, 128);
        });
    }

    public void Blue()
    {
        run.Step("blue-create", blue => Deployment(blue, "blue", "1"));
        run.Step("invoke-without-traffic", answer =>
        {
            Assert.Equal(404, answer.GetProperty("status").GetInt32());
            Assert.Contains("no valid deployment with positive weight", answer.Text("body"), StringComparison.Ordinal);
        });
        run.Step("traffic-blue", endpoint => Assert.Equal("blue=100", Weights(endpoint.GetProperty("traffic"))));
        run.Step("invoke-wrong-key", answer =>
        {
            Assert.Equal(401, answer.GetProperty("status").GetInt32());
            Assert.Equal("key_auth_access_denied", answer.Text("body"));
        });
    }

    public void Green()
    {
        run.Step("green-create", GreenBesideBlue);
        run.Step("deployment-get", GreenBesideBlue);
        run.Step("deployment-list", names => Assert.Equal(["blue", "green"], names.Texts()));
        run.Step("score-pinned", answer => Scored(answer, "green", 2));
        run.Step("score-unpinned", answer => Scored(answer, "blue", 1));
    }

    public void Traffic()
    {
        run.Step("traffic-90-10", endpoint => Assert.Equal("blue=90 green=10", Weights(endpoint.GetProperty("traffic"))));
        run.Step("tally-90-10", counts =>
        {
            int blue = counts.GetProperty("blue").GetInt32();
            int green = counts.GetProperty("green").GetInt32();
            Assert.Equal(400, blue + green);

            // More than six standard deviations to each side.
            Assert.InRange(green, 3, 80);
        });
        run.Refused("delete-with-traffic", error =>
        {
            Assert.Equal((400, "UserError"), (error.Status, error.Code));
            Assert.Contains("90% of the live traffic", error.Message, StringComparison.Ordinal);
        });
        run.Step("traffic-0-100", endpoint => Assert.Equal("blue=0 green=100", Weights(endpoint.GetProperty("traffic"))));
        run.Step("tally-0-100", counts => Assert.Equal("green=40", Weights(counts)));
        run.Step("green-scale", green =>
        {
            Assert.Equal("Succeeded", green.Text("state"));
            Assert.Equal(2, green.GetProperty("instanceCount").GetInt32());
        });
        run.Step("blue-delete");
        run.Refused("blue-get", error => Assert.Equal(404, error.Status));
    }

    public void Logs()
    {
        run.Step("logs-server", log => Assert.Contains("POST /score 200", log.GetString(), StringComparison.Ordinal));
        run.Step("logs-storage", log => Assert.Contains("storage-initializer", log.GetString(), StringComparison.Ordinal));
    }

    /// <summary>Errors; <paramref name="failed"/> checks that of a deployment that fails, which each client words in its own way.</summary>
    public void Errors(string notFound, Action<ClientError> failed)
    {
        foreach ((string step, string code, string named) in new[]
        {
            ("missing-endpoint", "ResourceNotFound", "no-such-endpoint"),
            ("missing-deployment", "UserError", "no-such-deployment"),
            ("missing-model", "ResourceNotFound", "no-such-model"),
            ("missing-version", "ResourceNotFound", "versions/99"),
        })
        {
            run.Refused(step, error =>
            {
                Assert.Equal((notFound, 404, code), (error.Type, error.Status, error.Code));
                Assert.Contains(named, error.Message, StringComparison.Ordinal);
            });
        }

        foreach ((string step, string key) in new[] { ("bad-weights", "Traffic"), ("unknown-weight", "Traffic"), ("model-not-registered", "Model") })
        {
            run.Refused(step, error => Invalid(error, key));
        }

        run.Refused("failed-deployment", error =>
        {
            Assert.Contains("User container has crashed or terminated", error.Message, StringComparison.Ordinal);
            failed(error);
        });
        run.Step("failed-deployment-get", red => Assert.Equal("Failed", red.Text("state")));
        run.Step("failed-deployment-logs", log => Assert.Contains("Worker (pid:31) exited with code 3", log.GetString(), StringComparison.Ordinal));
        run.Step("failed-deployment-delete");
    }

    public void End()
    {
        run.Step("rotate", keys =>
        {
            Assert.True(keys.GetProperty("primaryKept").GetBoolean());
            Assert.True(keys.GetProperty("secondaryChanged").GetBoolean());
            Assert.Equal(401, keys.GetProperty("oldStatus").GetInt32());
            Assert.Equal(200, keys.GetProperty("newStatus").GetInt32());
        });
        run.Step("tags", endpoint =>
        {
            Assert.Equal("""{"team":"cardio","stage":"live"}""", endpoint.Compact("tags"));
            Assert.Equal("green=100", Weights(endpoint.GetProperty("traffic")));
        });
        run.Step("endpoint-delete");
        run.Refused("endpoint-get-deleted", error => Assert.Equal((404, "ResourceNotFound"), (error.Status, error.Code)));
        run.Step("endpoint-list-deleted", names => Assert.DoesNotContain(name, names.Texts()));
        run.AssertWholeRunChecked();
    }

    /// <summary>A body that the service refused: its reason is in a nested problem document under this key.</summary>
    public static void Invalid(ClientError error, string key)
    {
        Assert.Equal((400, "BadRequest"), (error.Status, error.Code));
        Assert.Contains($"\"{key}\":[", Assert.Single(error.Details), StringComparison.Ordinal);
    }

    /// <summary>Weights in the order of their names.</summary>
    public static string Weights(JsonElement map) => string.Join(' ', map.EnumerateObject()
        .OrderBy(static entry => entry.Name, StringComparer.Ordinal)
        .Select(static entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Name}={entry.Value.GetInt32()}")));

    private static void Scored(JsonElement answer, string deployment, int version)
    {
        Assert.Equal(200, answer.GetProperty("status").GetInt32());
        Assert.Equal(deployment, answer.Text("deployment"));
        Assert.Equal(ExampleRows.Labels(version), answer.Text("body"));
    }

    private void Model(JsonElement model, string version, string folder)
    {
        Assert.Equal(name, model.Text("name"));
        Assert.Equal(version, model.Text("version"));
        Assert.Equal(ModelType, model.Text("type"));
        Assert.Equal(ModelId + version, model.Text("id"));
        Assert.StartsWith("azureml://subscriptions/", model.Text("path"), StringComparison.Ordinal);
        Assert.EndsWith("/" + folder, model.Text("path"), StringComparison.Ordinal);
        Assert.Equal($$"""{"from":"{{folder}}"}""", model.Compact("tags"));
    }

    private void CreatedEndpoint(JsonElement endpoint)
    {
        Assert.Equal(name, endpoint.Text("name"));
        Assert.Equal("Succeeded", endpoint.Text("state"));
        Assert.Equal("key", endpoint.Text("authMode"), ignoreCase: true);
        Assert.Equal(new Uri(emulator.ArmEndpoint, $"/online/{name}/score").AbsoluteUri, endpoint.Text("scoringUri"));
        Assert.Equal(new Uri(emulator.ArmEndpoint, $"/online/{name}/swagger.json").AbsoluteUri, endpoint.Text("openApiUri"));
        Assert.Equal("{}", endpoint.Compact("traffic"));
        Assert.Equal("""{"team":"cardio"}""", endpoint.Compact("tags"));
        Assert.Equal(emulator.Connection.Location, endpoint.Text("location"));
        Assert.Equal("heart disease", endpoint.Text("description"));
    }

    private void GreenBesideBlue(JsonElement green)
    {
        Deployment(green, "green", "2");
        Assert.Equal("""{"SETTING":"on"}""", green.Compact("environmentVariables"));
        Assert.Equal("""{"candidate":"yes"}""", green.Compact("tags"));
    }

    private void Deployment(JsonElement deployment, string deploymentName, string version)
    {
        Assert.Equal(deploymentName, deployment.Text("name"));
        Assert.Equal(name, deployment.Text("endpoint"));
        Assert.Equal("Succeeded", deployment.Text("state"));
        Assert.Equal(ModelId + version, deployment.Text("model"));
        Assert.Equal("Standard_DS2_v2", deployment.Text("instanceType"));
        Assert.Equal(1, deployment.GetProperty("instanceCount").GetInt32());
        Assert.Equal(1, deployment.GetProperty("concurrency").GetInt32());
    }
}
