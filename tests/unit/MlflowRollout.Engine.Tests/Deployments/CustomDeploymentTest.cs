using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Deployments;

/// <summary>A workspace with a managed and a Kubernetes endpoint, models, and a folder of code.</summary>
public abstract class CustomDeploymentTest : IDisposable
{
    protected const string Conda = "name: m\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n  - pip\n  - pip:\n    - mlflow\n";
    protected const string StorageHash = "52b09e0710bb02277ed7d87a065be216";

    private readonly TemporaryFolder _temporary = new();

    protected CustomDeploymentTest()
    {
        Workspace.Arm.AddDatastore();
        Workspace.Arm.AddEndpoint("heart");
        Workspace.Arm.AddEndpoint("cluster");
        JsonObject cluster = Workspace.Arm["onlineEndpoints/cluster"]!;
        cluster["properties"]!["compute"] = $"{FakeArm.Workspace}/computes/aks";
        Workspace.Arm["onlineEndpoints/cluster"] = cluster;
        Workspace.Arm.AddModel("heart", "1");
        Workspace.Arm.AddModel("plain", "1", "custom_model", "{}");
        CodeFolder = Path.Combine(_temporary.Path, "code");
        Write("score.py", "def init(): pass\n");
        Write("sub/Util.py", "x=1\n");
        Write(".amlignore", "*.log\nskip/\n");
        Write("a.log", "no");
        Write("skip/f.txt", "no");
    }

    private protected TestWorkspace Workspace { get; } = new();

    /// <summary>The folder of code, full path.</summary>
    protected string CodeFolder { get; }

    public void Dispose()
    {
        Workspace.Dispose();
        GC.SuppressFinalize(this);
        _temporary.Dispose();
    }

    protected Task<MlDeployment?> UpdateAsync(MlDeploymentSettings settings) =>
        Workspace.Connection.Deployments.UpdateAsync("heart", "green", settings, allowLive: false, noWait: false, timeout: null, Workspace.Context, default);

    protected Task<MlDeploymentResult?> CreateAsync(
        MlDeploymentSettings settings, string endpoint = "heart", string name = "green", bool code = true, string script = "score.py") =>
        Workspace.Connection.Deployments.CreateAsync(
            new() { EndpointName = endpoint, Name = name, Settings = With(settings, code ? "azureml:plain:1" : settings.ModelReference, code ? Code(script) : null, endpoint == "heart") },
            Workspace.Context,
            default);

    protected MlCodeSettings Code(string script) => new() { Source = CodeFolder, ScoringScript = script };

    protected static MlDeploymentSettings With(MlDeploymentSettings settings, string? model, MlCodeSettings? code, bool managed = true) => new()
    {
        ModelReference = model,
        InstanceType = managed ? "Standard_DS3_v2" : null,
        InstanceCount = settings.InstanceCount,
        Code = code,
        Environment = settings.Environment,
        ModelMountPath = settings.ModelMountPath,
        Scale = settings.Scale,
        Resources = settings.Resources,
        LivenessProbe = settings.LivenessProbe,
        StartupProbe = settings.StartupProbe,
        RequestTimeout = settings.RequestTimeout,
        MaxQueueWait = settings.MaxQueueWait,
        DataCollector = settings.DataCollector,
        DataCollectorSamplingRate = settings.DataCollectorSamplingRate,
    };

    protected JsonNode Sent(string call) => JsonNode.Parse(Workspace.Arm.Bodies.Last(body => body.Call == call).Body)!;

    protected void AssertSent(string call, string expected) => AssertJson(expected, Sent(call));

    protected static void AssertJson(string expected, JsonNode actual) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {JsonNode.Parse(expected)!.ToJsonString()}\nsent     {actual.ToJsonString()}");

    protected void Write(string path, string content)
    {
        string full = Path.Combine(CodeFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
