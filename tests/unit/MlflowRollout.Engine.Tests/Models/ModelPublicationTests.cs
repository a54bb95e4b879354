using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Models;

public sealed class ModelPublicationTests : IDisposable
{
    private const string Registry = "/subscriptions/00000000-0000-0000-0000-00000000000b/resourceGroups/shared/providers/Microsoft.MachineLearningServices/registries/central";

    private readonly TestWorkspace _workspace = new();
    private readonly Dictionary<string, JsonObject> _published = [];
    private bool _listed = true;
    private int _listStatus = 200;
    private JsonObject? _failure;
    private int _polls;

    public ModelPublicationTests()
    {
        _workspace.Arm.AddModel("heart", "3");
        _workspace.Arm.Intercept = Answer;
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task PublishAsync_Accepted_WaitsReadsBackAndGivesTheReference()
    {
        MlRegistryModel? model = await PublishAsync();

        JsonObject sent = (JsonObject)JsonNode.Parse(_workspace.Arm.Bodies.Single(body => body.Call.EndsWith("/publish", StringComparison.Ordinal)).Body)!;
        Assert.Equal("""{"registryName":"central","destinationName":"heart","destinationVersion":"3"}""", sent.ToJsonString());
        Assert.Equal(("azureml://registries/central/models/heart/versions/3", $"{Registry}/models/heart/versions/3", "published"), (model!.Reference, model.Id, model.Description));
        Assert.Equal(["model heart:3 in registry central | Publish model heart:3 in workspace space"], _workspace.Context.Questions);
        Assert.Equal(3, _polls);
    }

    [Fact]
    public async Task PublishAsync_OtherNameAndVersion_AreSent()
    {
        MlRegistryModel? model = await PublishAsync(new MlModelPublication { RegistryName = "central", Name = "heart-classifier", Version = "2026.1" });

        Assert.Equal("azureml://registries/central/models/heart-classifier/versions/2026.1", model!.Reference);
    }

    [Fact]
    public async Task PublishAsync_Failed_IsTheOperationsError()
    {
        _failure = new JsonObject { ["code"] = "BadArgument", ["message"] = "The registry is read-only." };

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => PublishAsync());

        Assert.Equal((MlErrorIds.OperationFailed, "BadArgument"), (error.ErrorId, error.ServiceErrorCode));
        Assert.Contains("registry central failed (BadArgument): The registry is read-only.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_ExistsThere_IsAnErrorBeforeAnyWrite()
    {
        _published["heart/3"] = [];

        MlAlreadyExistsException error = await Assert.ThrowsAsync<MlAlreadyExistsException>(() => PublishAsync());

        Assert.Equal(MlErrorIds.ModelAlreadyExists, error.ErrorId);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Theory]
    [InlineData("same", true)]
    [InlineData("other", false)]
    [InlineData(null, true)]
    public async Task PublishAsync_ExistsThereAndSkip_VerifiesTheContent(string? hash, bool isSame)
    {
        JsonObject source = _workspace.Arm["models/heart/versions/3"]!;
        source["properties"]!["properties"] = new JsonObject { ["hash_sha256"] = "same" };
        _workspace.Arm["models/heart/versions/3"] = source;
        _published["heart/3"] = new JsonObject { ["properties"] = hash is null ? [] : new JsonObject { ["hash_sha256"] = hash } };
        MlModelPublication publication = new() { RegistryName = "central", IfExists = MlIfExists.Skip };

        if (isSame)
        {
            Assert.Equal("3", (await PublishAsync(publication))!.Version!.Value);
        }
        else
        {
            Assert.Equal(MlErrorIds.ModelAlreadyExists, (await Assert.ThrowsAsync<MlConflictException>(() => PublishAsync(publication))).ErrorId);
        }

        Assert.Empty(_workspace.Arm.Writes);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    public async Task PublishAsync_RegistryOfAnotherSubscription_IsPublishedAndSaidToBeUnchecked(int listStatus)
    {
        _listed = false;
        _listStatus = listStatus;

        MlRegistryModel? model = await PublishAsync();

        Assert.Equal((null, "azureml://registries/central/models/heart/versions/3"), (model!.Id, model.Reference));
        Assert.Contains(_workspace.Context.Others, message => message.Contains("not checked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PublishAsync_NoLeave_SendsNothing()
    {
        Assert.Null(await _workspace.Connection.Models.PublishAsync(
            "heart", "3", new MlModelPublication { RegistryName = "central" }, new RecordingContext { Answer = false }, CancellationToken.None));

        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task PublishAsync_NameThatNoRegistryHas_IsRefusedBeforeAnyCallAboutIt() => Assert.Equal(
        MlErrorIds.NameInvalid, (await Assert.ThrowsAsync<MlValidationException>(() => PublishAsync(new MlModelPublication { RegistryName = "a/b" }))).ErrorId);

    private Task<MlRegistryModel?> PublishAsync(MlModelPublication? publication = null) => _workspace.Connection.Models.PublishAsync(
        "heart", "3", publication ?? new MlModelPublication { RegistryName = "central" }, _workspace.Context, CancellationToken.None);

    private HttpResponseMessage? Answer(HttpRequestMessage request, string body)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/publish", StringComparison.Ordinal))
        {
            JsonObject asked = (JsonObject)JsonNode.Parse(body)!;
            _published[$"{asked["destinationName"]}/{asked["destinationVersion"]}"] = new JsonObject { ["description"] = "published" };
            return new HttpResponseMessage(HttpStatusCode.Accepted) { Headers = { { "Azure-AsyncOperation", $"{FakeArm.Base}/publications/1?api-version=1" } } };
        }

        if (path == "/publications/1")
        {
            string status = ++_polls < 3 ? "InProgress" : _failure is null ? "Succeeded" : "Failed";
            return FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["status"] = status, ["error"] = status == "Failed" ? _failure!.DeepClone() : null });
        }

        if (path.EndsWith("/providers/Microsoft.MachineLearningServices/registries", StringComparison.Ordinal))
        {
            return _listStatus == 200
                ? FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["value"] = _listed ? new JsonArray(new JsonObject { ["id"] = Registry, ["name"] = "central" }) : [] })
                : FakeArm.Error(_listStatus, "AuthorizationFailed", "no");
        }

        if (path.StartsWith(Registry, StringComparison.Ordinal))
        {
            string[] parts = path[Registry.Length..].Split('/');
            return _published.TryGetValue($"{parts[2]}/{parts[4]}", out JsonObject? properties)
                ? FakeArm.Json(HttpStatusCode.OK, new JsonObject { ["id"] = path, ["properties"] = properties.DeepClone() })
                : FakeArm.Error(404, "ResourceNotFound", "no");
        }

        return null;
    }
}
