using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>Deployments with code, environment and settings beyond those of an MLflow model that brings all it needs.</summary>
public sealed class CustomDeploymentTests : CustomDeploymentTest
{
    // The three bodies are those that azure-ai-ml 1.4.0 sends for the same, without privateNetworkConnection, which only its old api-version knows.
    [Fact]
    public async Task CreateAsync_CodeAndEnvironment_SendsWhatTheOfficialClientSends()
    {
        MlDeploymentResult? result = await CreateAsync(new() { Environment = new() { Image = "img:1", CondaFile = Conda } });

        Assert.Equal(MlProvisioningState.Succeeded, result!.Deployment.ProvisioningState);
        string code = Workspace.Arm.Writes.Single(call => call.StartsWith("PUT codes/", StringComparison.Ordinal))[4..];
        Assert.Matches(@"\Acodes/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/versions/1\z", code);
        AssertSent(
            "PUT " + code,
            $$$$"""
            {"properties":{"properties":{"hash_sha256":"f892f5482f42f9cf47786da6ce374e1cfae768e78f98d06957669d425a0cc0e0","hash_version":"202208"},
             "isAnonymous":true,"isArchived":false,"codeUri":"{{{{FakeArm.Container}}}}/LocalUpload/{{{{StorageHash}}}}/code"}}
            """);
        const string environment = "environments/CliV2AnonymousEnvironment/versions/a75465f6a37e21d6313df512822cee24";
        AssertSent(
            "PUT " + environment,
            """
            {"properties":{"isAnonymous":true,"isArchived":false,
             "condaFile":"channels:\n- conda-forge\ndependencies:\n- python=3.10\n- pip\n- pip:\n  - mlflow\nname: m\n","image":"img:1"}}
            """);
        AssertSent(
            "PUT onlineEndpoints/heart/deployments/green",
            $$$$"""
            {"tags":{},"location":"here","properties":{"codeConfiguration":{"codeId":"{{{{FakeArm.Workspace}}}}/{{{{code}}}}","scoringScript":"score.py"},
             "environmentId":"{{{{FakeArm.Workspace}}}}/{{{{environment}}}}","environmentVariables":{},"properties":{},"appInsightsEnabled":false,
             "endpointComputeType":"Managed","instanceType":"Standard_DS3_v2","model":"{{{{FakeArm.Workspace}}}}/models/plain/versions/1"},
             "sku":{"name":"Default","capacity":1}}
            """);
        Assert.Equal(
            [$"container/LocalUpload/{StorageHash}/code/.amlignore", $"container/LocalUpload/{StorageHash}/code/score.py", $"container/LocalUpload/{StorageHash}/code/sub/Util.py"],
            Workspace.Arm.Blobs.Keys.Order(StringComparer.Ordinal));
        Dictionary<string, string> mark = Workspace.Arm.Blobs[$"container/LocalUpload/{StorageHash}/code/.amlignore"].Metadata;
        Assert.Equal(("completed", code.Split('/')[1], "1"), (mark["upload_status"], mark["name"], mark["version"]));
        Assert.Equal(
            ["deployment heart/green in workspace space | Create (upload code code, register an environment of image img:1)"], Workspace.Context.Questions);
    }

    [Fact]
    public async Task CreateAsync_Kubernetes_SendsWhatTheOfficialClientSends()
    {
        await CreateAsync(
            new()
            {
                ModelReference = "azureml:heart:1",
                InstanceCount = 2,
                Scale = new() { TargetUtilization = true, MinInstances = 1, MaxInstances = 3, PollingInterval = TimeSpan.FromSeconds(10), TargetUtilizationPercentage = 60 },
                Resources = new() { RequestedCpu = "0.5", RequestedMemory = "1Gi", CpuLimit = "1", GpuLimit = "1" },
                LivenessProbe = new() { InitialDelay = TimeSpan.FromSeconds(5) },
                RequestTimeout = TimeSpan.FromSeconds(3),
                MaxQueueWait = TimeSpan.FromMilliseconds(500),
                ModelMountPath = "/m",
                Environment = new() { Reference = "AzureML-minimal:1" },
            },
            "cluster",
            code: false);

        AssertSent(
            "PUT onlineEndpoints/cluster/deployments/green",
            $$$$"""
            {"tags":{},"location":"here","properties":{"environmentId":"azureml:AzureML-minimal:1","environmentVariables":{},"properties":{},"appInsightsEnabled":false,
             "endpointComputeType":"Kubernetes","livenessProbe":{"initialDelay":"PT5S"},"model":"{{{{FakeArm.Workspace}}}}/models/heart/versions/1","modelMountPath":"/m",
             "requestSettings":{"maxQueueWait":"PT0.5S","requestTimeout":"PT3S"},
             "scaleSettings":{"scaleType":"TargetUtilization","maxInstances":3,"minInstances":1,"pollingInterval":"PT10S","targetUtilizationPercentage":60},
             "containerResourceRequirements":{"containerResourceLimits":{"cpu":"1","gpu":"1"},"containerResourceRequests":{"cpu":"0.5","memory":"1Gi"}}},
             "sku":{"name":"Default","capacity":2}}
            """);
    }

    [Fact]
    public async Task CreateAsync_DataCollector_SendsEveryCollectionInFull()
    {
        MlDeploymentResult? result = await CreateAsync(
            new()
            {
                ModelReference = "azureml:heart:1",
                DataCollectorSamplingRate = 0.5,
                StartupProbe = new() { FailureThreshold = 3 },
                DataCollector = new()
                {
                    Collections = new Dictionary<string, MlDataCollection>
                    {
                        ["model_inputs"] = new() { SamplingRate = 0.1, DataName = "inputs" },
                        ["model_outputs"] = new() { Enabled = false, ClientId = "c", DataId = "azureml:out:1" },
                    },
                    RollingRate = "day",
                    CaptureHeaders = ["x-one"],
                },
            },
            code: false);

        JsonNode properties = Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!;
        AssertJson(
            $$$$"""
            {"collections":{"model_inputs":{"dataCollectionMode":"Enabled","samplingRate":0.1,"dataId":"{{{{FakeArm.Workspace}}}}/data/inputs/versions/1"},
                            "model_outputs":{"dataCollectionMode":"Disabled","samplingRate":0.5,"clientId":"c","dataId":"azureml:out:1"}},
             "rollingRate":"Day","requestLogging":{"captureHeaders":["x-one"]}}
            """,
            properties["dataCollector"]!);
        Assert.Equal("""{"failureThreshold":3}""", properties["startupProbe"]!.ToJsonString());
        Assert.EndsWith(
            "/datastores/workspaceblobstore/paths/modelDataCollector/heart/green/model_inputs",
            (string)Sent("PUT data/inputs/versions/1")["properties"]!["dataUri"]!,
            StringComparison.Ordinal);
        Assert.Equal((0.1, "Day"), (result!.Deployment.DataCollector!.Collections["model_inputs"].SamplingRate, result.Deployment.DataCollector.RollingRate));
    }

    [Fact]
    public async Task CreateAsync_UnchangedCode_IsNotUploadedAgainAndKeepsItsName()
    {
        await CreateAsync(new() { Environment = new() { Image = "img:1" } });
        int uploads = BlobWrites();

        await CreateAsync(new() { Environment = new() { Image = "img:1" } }, name: "yellow");

        Assert.Equal(uploads, BlobWrites());
        string[] code = [.. Workspace.Arm.Writes.Where(call => call.StartsWith("PUT codes/", StringComparison.Ordinal))];
        Assert.Equal(2, code.Length);
        Assert.Single(code.Distinct());
        Assert.Equal(CodeIdOf("green"), CodeIdOf("yellow"));

        int BlobWrites() => Workspace.Arm.Writes.Count(call => call.StartsWith("PUT container/", StringComparison.Ordinal));
        string CodeIdOf(string name) => (string)Workspace.Arm[$"onlineEndpoints/heart/deployments/{name}"]!["properties"]!["codeConfiguration"]!["codeId"]!;
    }

    [Fact]
    public async Task CreateAsync_BuildContext_UploadsItAndNamesItInStorage()
    {
        Write("df", "FROM x\n");
        await CreateAsync(new() { ModelReference = null, Environment = new() { BuildContext = CodeFolder, DockerfilePath = "df" } }, code: false);

        string call = Workspace.Arm.Writes.Single(call => call.StartsWith("PUT environments/CliV2AnonymousEnvironment/", StringComparison.Ordinal));
        JsonNode build = Sent(call)["properties"]!["build"]!;
        Assert.Matches($"\\A{FakeArm.Container}/LocalUpload/[0-9a-f]{{32}}/code/\\z", (string)build["contextUri"]!);
        Assert.Equal("df", (string?)build["dockerfilePath"]);
        Assert.Null(Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!["model"]);
    }

    [Fact]
    public async Task CreateAsync_NamedEnvironment_IsTheNextVersionWithAllThatItSays()
    {
        Workspace.Arm["environments/mine"] = new JsonObject { ["properties"] = new JsonObject { ["nextVersion"] = "7" } };
        MlInferenceRoute route = new("/", 5001);
        await CreateAsync(
            new()
            {
                Environment = new()
                {
                    Name = "mine", Image = "img:1", Description = "d", Tags = new Dictionary<string, string> { ["a"] = "b" }, OsType = "linux",
                    LivenessRoute = route, ReadinessRoute = route, ScoringRoute = new("/score", 5001),
                },
            });

        AssertSent(
            "PUT environments/mine/versions/7",
            """
            {"properties":{"description":"d","tags":{"a":"b"},"isAnonymous":false,"isArchived":false,"image":"img:1","osType":"linux",
             "inferenceConfig":{"livenessRoute":{"path":"/","port":5001},"readinessRoute":{"path":"/","port":5001},"scoringRoute":{"path":"/score","port":5001}}}}
            """);
    }

    [Theory]
    [InlineData("azureml:mine:1", "/environments/mine/versions/1")]
    [InlineData("mine@latest", "/environments/mine/versions/1")]
    public async Task CreateAsync_RegisteredEnvironment_IsSentById(string reference, string expected)
    {
        Workspace.Arm["environments/mine/versions/1"] = new JsonObject { ["properties"] = new JsonObject { ["image"] = "x" } };

        await CreateAsync(new() { Environment = new() { Reference = reference } });

        Assert.Equal(FakeArm.Workspace + expected, (string?)Sent("PUT onlineEndpoints/heart/deployments/green")["properties"]!["environmentId"]);
    }

    [Fact]
    public async Task CreateAsync_UnregisteredEnvironment_NamesTheNearMatch()
    {
        Workspace.Arm["environments/mine"] = new JsonObject();

        MlNotFoundException error = await Assert.ThrowsAsync<MlNotFoundException>(() => CreateAsync(new() { Environment = new() { Reference = "mien:1" } }));

        Assert.Equal(MlErrorIds.EnvironmentNotFound, error.ErrorId);
        Assert.Contains("'mine'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_NoLeave_UploadsNothing()
    {
        RecordingContext refusing = new() { Answer = false };

        MlDeploymentResult? result = await Workspace.Connection.Deployments.CreateAsync(
            new() { EndpointName = "heart", Name = "green", Settings = With(new() { Environment = new() { Image = "x" } }, "azureml:plain:1", Code("score.py")) }, refusing, default);

        Assert.Null(result);
        Assert.Single(refusing.Questions);
        Assert.Empty(Workspace.Arm.Writes);
        Assert.Empty(Workspace.Arm.Blobs);
    }

    [Fact]
    public async Task CreateAsync_Secrets_AreInNothingThatIsSaidOrSent()
    {
        await CreateAsync(new() { Environment = new() { Image = "img:1" } });

        string all = string.Join('\n', [.. Workspace.Context.Others, .. Workspace.Context.Informations, .. Workspace.Context.Questions, .. Workspace.Arm.Bodies.Select(body => body.Body)]);
        Assert.DoesNotContain("planted", all, StringComparison.Ordinal);
        Assert.DoesNotContain("cGxhbnRlZC1rZXk=", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateAsync_ScriptAlone_KeepsTheCode()
    {
        await CreateAsync(new() { Environment = new() { Image = "img:1" } });
        string before = (string)Workspace.Arm["onlineEndpoints/heart/deployments/green"]!["properties"]!["codeConfiguration"]!["codeId"]!;

        MlDeployment? updated = await UpdateAsync(new() { Code = new() { ScoringScript = "sub/Util.py" } });

        Assert.Equal((before, "sub/Util.py"), (updated!.CodeId, updated.ScoringScript));
    }

    [Fact]
    public async Task UpdateAsync_CodeAlone_KeepsEnvironmentAndScript()
    {
        await CreateAsync(new() { Environment = new() { Image = "img:1" } });
        MlDeployment before = await Workspace.Connection.Deployments.GetAsync("heart", "green", default);
        Write("score.py", "def init(): return 1\n");

        MlDeployment? updated = await UpdateAsync(new() { Code = new() { Source = CodeFolder } });

        Assert.NotEqual(before.CodeId, updated!.CodeId);
        Assert.Equal((before.EnvironmentId, "score.py"), (updated.EnvironmentId, updated.ScoringScript));
    }
}
