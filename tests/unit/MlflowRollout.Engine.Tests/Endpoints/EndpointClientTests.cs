using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Endpoints;

public sealed class EndpointClientTests : IDisposable
{
    private const string Taken = """
        {"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateEndpointFailed","message":"InferencingClient HttpRequest error, error detail: {\"errors\":{\"\":[\"There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.\"]},\"status\":400}"}]}}
        """;

    private readonly TestWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("1heart", "starts with '1'")]
    [InlineData("he", "2 characters")]
    [InlineData("heart-", "ends with '-'")]
    [InlineData("heart_x", "'_'")]
    [InlineData("heart-classifier-of-the-whole-big-hospital", "42 characters")]
    [InlineData("../../models/x", "starts with '.'")]
    public async Task CreateAsync_BadName_IsRefusedBeforeAnyCall(string name, string says)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => CreateAsync(new() { Name = name }));

        Assert.Equal((MlErrorIds.NameInvalid, MlErrorCategory.InvalidArgument), (error.ErrorId, error.Category));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("3 to 32", error.Message, StringComparison.Ordinal);
        Assert.Contains("Take a name such as", error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Empty(_workspace.Arm.Calls);
    }

    [Theory]
    [InlineData("UserAssigned", false, "-UserAssignedIdentity")]
    [InlineData("SystemAssigned", true, "-IdentityType UserAssigned")]
    public async Task CreateAsync_IdentityThatDoesNotGoWithTheIds_IsRefused(string type, bool named, string wayOut)
    {
        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(
            () => CreateAsync(new() { Name = "heart", IdentityType = type, UserAssignedIdentities = named ? ["/subscriptions/s/x"] : [] }));

        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
        Assert.Contains(wayOut, error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_BothIdentities_AreSent()
    {
        await CreateAsync(new() { Name = "heart", IdentityType = "SystemAssigned,UserAssigned", UserAssignedIdentities = ["/subscriptions/s/x"] });

        Assert.Equal(
            """{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"/subscriptions/s/x":{}}}""",
            System.Text.Json.Nodes.JsonNode.Parse(_workspace.Arm.Bodies.First().Body)!["identity"]!.ToJsonString());
    }

    [Fact]
    public async Task CreateAsync_UniqueSuffix_IsStableAndValid()
    {
        MlEndpoint? first = await CreateAsync(new() { Name = "heart-classifier", UniqueSuffix = true });

        Assert.Matches("^heart-classifier-[a-z0-9]{6}$", first!.Name);
        MlAlreadyExistsException error = await Assert.ThrowsAsync<MlAlreadyExistsException>(() => CreateAsync(new() { Name = "heart-classifier", UniqueSuffix = true }));
        Assert.Equal(MlErrorIds.EndpointAlreadyExists, error.ErrorId);
        Assert.Contains("-IfExists", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("None", false, """{"type":"None"}""")]
    [InlineData("SystemAssigned,UserAssigned", true, """{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"/one":{}}}""")]
    [InlineData(null, true, """{"type":"UserAssigned","userAssignedIdentities":{"/one":{}}}""")]
    public async Task CreateAsync_Identity_IsSentAsAsked(string? type, bool assigned, string expected)
    {
        await CreateAsync(new() { Name = "heart", IdentityType = type, UserAssignedIdentities = assigned ? ["/one"] : [] });

        Assert.Equal(expected, JsonNode.Parse(_workspace.Arm.Bodies.Single().Body)!["identity"]!.ToJsonString());
    }

    [Fact]
    public async Task CreateAsync_NameTakenInRegion_SaysSo()
    {
        _workspace.Arm.Intercept = (request, _) => request.Method == HttpMethod.Put
            ? new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest) { Content = new StringContent(Taken) }
            : null;

        MlAlreadyExistsException error = await Assert.ThrowsAsync<MlAlreadyExistsException>(() => CreateAsync(new() { Name = "heart" }));

        Assert.Equal(MlErrorIds.EndpointNameTaken, error.ErrorId);
        Assert.Contains("-UniqueSuffix", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    public async Task CreateAsync_AnswerLost_GoesOnWithWhatIsThereAndPutsOnce(int status)
    {
        FakeArm arm = _workspace.Arm;
        arm.Intercept = (request, body) =>
        {
            if (request.Method == HttpMethod.Put)
            {
                System.Text.Json.Nodes.JsonObject made = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(body)!;
                made["properties"]!["provisioningState"] = "Succeeded";
                arm["onlineEndpoints/heart"] = made;
                return status == 0 ? throw new HttpRequestException("reset") : FakeArm.Error(status, "InternalServerError", "lost");
            }

            return null;
        };

        Assert.Equal("heart", (await CreateAsync(new() { Name = "heart" }))!.Name);
        Assert.Equal(["PUT onlineEndpoints/heart"], arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_NoLeave_ReadsAndWritesNothing()
    {
        Assert.Null(await _workspace.Connection.Endpoints.CreateAsync(new() { Name = "heart" }, new RecordingContext { Answer = false }, default));
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task CreateAsync_SkipWithOtherAuthMode_IsRefused()
    {
        _workspace.Arm.AddEndpoint("heart");

        MlException error = await Assert.ThrowsAnyAsync<MlException>(() => CreateAsync(new() { Name = "heart", AuthMode = MlAuthMode.AadToken, IfExists = MlIfExists.Skip }));

        Assert.Equal(MlErrorIds.EndpointAuthModeMismatch, error.ErrorId);
    }

    [Fact]
    public async Task CreateAsync_SkipWithTheSame_ReturnsItUnchanged()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue", "green"]);

        Assert.Equal("blue=100 green=0", (await CreateAsync(new() { Name = "heart", IfExists = MlIfExists.Skip }))!.Traffic.ToString());
        Assert.Empty(_workspace.Arm.Writes);
    }

    [Fact]
    public async Task GetAsync_Unknown_NamesTheNearMatch()
    {
        _workspace.Arm.AddEndpoint("heart");

        MlNotFoundException error = await Assert.ThrowsAsync<MlNotFoundException>(() => _workspace.Connection.Endpoints.GetAsync("haert", default));

        Assert.Equal(MlErrorIds.EndpointNotFound, error.ErrorId);
        Assert.Contains("Did you mean 'heart'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateAsync_Tags_KeepsTrafficAndUnknownFields()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", """{"green":10}""", "blue", "green");

        MlEndpoint? endpoint = await _workspace.Connection.Endpoints.UpdateAsync(
            "heart", new() { Tags = new Dictionary<string, string?> { ["OWNER"] = null, ["team"] = "b" } }, _workspace.Context, default);

        Assert.Equal("blue=100 green=0", endpoint!.Traffic.ToString());
        Assert.Equal("green=10", endpoint.MirrorTraffic.ToString());
        Assert.Equal(["team"], endpoint.Tags.Keys);
        Assert.Equal("kept", (string?)_workspace.Arm["onlineEndpoints/heart"]!["properties"]!["futureField"]);
    }

    [Fact]
    public async Task RemoveAsync_WithDeployments_AsksAndVerifiesThatItIsGone()
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue"]);

        await _workspace.Connection.Endpoints.RemoveAsync("heart", false, null, _workspace.Context, default);

        Assert.Equal(["endpoint heart in workspace space | Delete with 1 deployment"], _workspace.Context.Questions);
        Assert.Equal("GET onlineEndpoints/heart", _workspace.Arm.Calls.Last());
        Assert.Null(_workspace.Arm["onlineEndpoints/heart"]);
    }

    [Fact]
    public async Task GetTokenAsync_OfAKeyEndpoint_NamesTheRightCommand()
    {
        _workspace.Arm.AddEndpoint("heart");

        MlServiceException error = await Assert.ThrowsAsync<MlServiceException>(() => _workspace.Connection.Endpoints.GetTokenAsync("heart", default));

        Assert.Equal(MlErrorIds.EndpointAuthModeMismatch, error.ErrorId);
        Assert.Contains("Get-MlEndpointKey", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetKeysAsync_Keys_AreSecureAndNeverShown()
    {
        _workspace.Arm.AddEndpoint("heart");

        IReadOnlyList<MlEndpointKey> keys = await _workspace.Connection.Endpoints.GetKeysAsync("heart", default);

        Assert.Equal([MlKeyType.Primary, MlKeyType.Secondary], keys.Select(key => key.KeyType));
        Assert.Equal("planted-primary", MlflowRollout.Engine.Connections.Secret.Reveal(keys[0].Key!));
        Assert.DoesNotContain("planted", keys[0].ToString(), StringComparison.Ordinal);
    }

    private Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification) =>
        _workspace.Connection.Endpoints.CreateAsync(specification, _workspace.Context, default);
}
