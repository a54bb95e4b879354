using System.Net;
using System.Text;
using MlflowRollout.Engine.Scoring;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

public sealed class ScoringClientTests
{
    private const string Body = """{"input_data":{"columns":["id"],"index":[0],"data":[[1]]}}""";

    [Theory]
    [InlineData(401, MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError)]
    [InlineData(403, MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied)]
    [InlineData(404, MlErrorIds.NoTraffic, MlErrorCategory.InvalidOperation)]
    [InlineData(408, MlErrorIds.ScoringTimedOut, MlErrorCategory.OperationTimeout)]
    [InlineData(413, MlErrorIds.RequestRefused, MlErrorCategory.LimitsExceeded)]
    [InlineData(424, MlErrorIds.ModelError, MlErrorCategory.InvalidResult)]
    [InlineData(429, MlErrorIds.ServiceThrottled, MlErrorCategory.LimitsExceeded)]
    [InlineData(500, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable)]
    [InlineData(503, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable)]
    [InlineData(400, MlErrorIds.RequestRefused, MlErrorCategory.InvalidArgument)]
    [InlineData(302, MlErrorIds.UnexpectedResponse, MlErrorCategory.ProtocolError)]
    public async Task SendAsync_NotAnswered_ErrorOfTheStatus(int status, string id, MlErrorCategory category)
    {
        ScriptedService service = new(request => IsSwagger(request)
            ? ScriptedService.Json("{}", HttpStatusCode.NotFound)
            : ScriptedService.Json("""{"message":"the reason"}""", (HttpStatusCode)status));
        using ScoringClient client = Client(service);

        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => SendAsync(client, Body));

        Assert.Equal((id, category), (error.ErrorId, error.Category));
        Assert.Equal(status, error.StatusCode);
        Assert.Equal("request-1", error.RequestId);
        Assert.Equal("blue", error.DeploymentName);
        Assert.Contains("heart", error.Message, StringComparison.Ordinal);
        Assert.Contains("the reason", error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.RecommendedAction));
        Assert.Equal(2, service.Count);
    }

    [Fact]
    public async Task SendAsync_ModelError_StatusAndWordsOfTheModel()
    {
        ScriptedService service = new(request =>
        {
            HttpResponseMessage response = ScriptedService.Json("""{"message":"Column thal is missing"}""", HttpStatusCode.FailedDependency, "green");
            response.Headers.Add("ms-azureml-model-error-statuscode", "500");
            response.Headers.Add("ms-azureml-model-error-reason", "Internal Server Error");
            return IsSwagger(request) ? ScriptedService.Json("{}") : response;
        });
        using ScoringClient client = Client(service);

        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => SendAsync(client, Body));

        Assert.Equal("The model of deployment 'green' of endpoint 'heart' answered with 500 Internal Server Error. It said: Column thal is missing", error.Message);
        Assert.Equal((500, "green"), (error.ModelStatusCode, error.DeploymentName));
        Assert.Contains("Get-MlDeploymentLog green -Endpoint heart", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_UnknownPin_DeploymentNotFound()
    {
        ScriptedService service = new(_ => ScriptedService.Json("no", HttpStatusCode.NotFound, deployment: null));
        using ScoringClient client = Client(service, deployment: "grene");

        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => SendAsync(client, Body));

        Assert.Equal(MlErrorIds.DeploymentNotFound, error.ErrorId);
        Assert.Contains("'grene'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_Unreachable_ServiceUnreachable()
    {
        ScriptedService service = new(request => IsSwagger(request) ? ScriptedService.Json("{}") : throw new HttpRequestException("Connection refused"));
        using ScoringClient client = Client(service);

        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => SendAsync(client, Body));

        Assert.Equal((MlErrorIds.ServiceUnreachable, MlErrorCategory.ConnectionError), (error.ErrorId, error.Category));
        Assert.Equal(2, service.Count);
    }

    [Fact]
    public async Task SendAsync_Pinned_HeadersAreThere()
    {
        ScriptedRequest? seen = null;
        ScriptedService service = new(request =>
        {
            seen = request;
            return IsSwagger(request) ? ScriptedService.Json("{}") : ScriptedService.Json("[1]");
        });
        using ScoringClient client = Client(service, deployment: "blue");

        await SendAsync(client, Body);

        Assert.Equal(Body, seen!.Body);
        Assert.Equal(("Bearer secret-key", "blue"), (seen.Header("Authorization"), seen.Header("azureml-model-deployment")));
        Assert.Matches("^[A-Za-z0-9_-]{1,40}$", seen.Header("x-ms-client-request-id"));
        Assert.Equal("application/json", seen.Message.Content!.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task SendAsync_NotPinned_NoPinHeader()
    {
        ScriptedService service = new(request => request.Header("azureml-model-deployment") is null ? ScriptedService.Json("[1]") : ScriptedService.Json("[]", HttpStatusCode.BadRequest));
        using ScoringClient client = Client(service);

        Assert.Equal(1L, Assert.Single((await SendAsync(client, Body)).Predictions).Prediction);
    }

    [Fact]
    public async Task SendAsync_KeyReset_FetchedOnceAndSentAgain()
    {
        RotatingSource source = new("old", "new");
        ScriptedService service = new(request => request.Header("Authorization") == "Bearer new" ? ScriptedService.Json("[7]") : ScriptedService.Json("no", HttpStatusCode.Unauthorized));
        using ScoringClient client = Client(service, source: source);

        MlScoringResponse response = await SendAsync(client, Body);

        Assert.Equal(7L, response.Predictions[0].Prediction);
        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task SendAsync_KeyRefusedTwice_NotAskedAgain()
    {
        RotatingSource source = new("old", "other", "third");
        ScriptedService service = new(_ => ScriptedService.Json("no", HttpStatusCode.Unauthorized));
        using ScoringClient client = Client(service, source: source);

        await Assert.ThrowsAsync<MlScoringException>(() => SendAsync(client, Body));

        Assert.Equal(2, source.Asked);
    }

    [Theory]
    [InlineData("", MlErrorCategory.ParserError, "is empty")]
    [InlineData("{\"input_data\":\n  [1,}", MlErrorCategory.ParserError, "line 2, column 6")]
    [InlineData("""{"input_data":{"columns":["aeg"],"index":[0],"data":[[1]]}}""", MlErrorCategory.InvalidData, "Column 'aeg' is not in the model's signature. Did you mean 'age'?")]
    [InlineData("""{"input_data":{"columns":["age"],"index":[0],"data":[["old"]]}}""", MlErrorCategory.InvalidData, "Row 1 (index 0), column 'age': the text 'old' is no whole number")]
    public async Task SendAsync_BodyDoesNotFit_NothingSent(string body, MlErrorCategory category, string expected)
    {
        ScriptedService service = new(_ => ScriptedService.Json(SwaggerSamples.Emulator("age", "long")));
        using ScoringClient client = Client(service);

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => SendAsync(client, body));

        Assert.Equal((MlErrorIds.RequestInvalid, category), (error.ErrorId, error.Category));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, service.Count);
    }

    [Fact]
    public async Task SendAsync_Answer_PredictionsAndBody()
    {
        const string Answer = """[1, 2.5, "a", true, null, [1, 2], {"b": 1, "a": 2}]""";
        ScriptedService service = new(_ => ScriptedService.Json(Answer));
        using ScoringClient client = Client(service);

        MlScoringResponse response = await SendAsync(client, Body);

        Assert.Equal((Answer, "blue", "request-1"), (response.Body, response.Deployment, response.RequestId));
        object?[] values = [.. response.Predictions.Select(prediction => prediction.Prediction)];
        Assert.Equal([1L, 2.5, "a", true, null], values[..5]);
        Assert.Equal([1L, 2L], Assert.IsType<object[]>(values[5]));
        Assert.Equal(["b", "a"], Assert.IsType<Dictionary<string, object?>>(values[6]).Keys);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], response.Predictions.Select(prediction => prediction.Index));
    }

    [Theory]
    [InlineData("""{"predictions":[1,2]}""", 2)]
    [InlineData("""{"score":0.5}""", 1)]
    [InlineData("plain text", 1)]
    [InlineData("\"[1,2,3]\"", 3)]
    public async Task SendAsync_OtherShapes_Tolerated(string answer, int count)
    {
        ScriptedService service = new(_ => ScriptedService.Json(answer));
        using ScoringClient client = Client(service);

        Assert.Equal(count, (await SendAsync(client, Body)).Predictions.Count);
    }

    [Fact]
    public async Task GetSignatureAsync_Pinned_FromItsSwaggerOnce()
    {
        ScriptedService service = new(request => ScriptedService.Json(SwaggerSamples.Emulator("age", "long"), deployment: request.Header("azureml-model-deployment")));
        using ScoringClient client = Client(service, deployment: "blue");

        MlModelSignature? first = await client.GetSignatureAsync(default);
        MlModelSignature? second = await client.GetSignatureAsync(default);

        Assert.Equal("age: Long", first!.ToString());
        Assert.Same(first, second);
        Assert.Equal(1, service.Count);
    }

    [Fact]
    public async Task GetSignatureAsync_LiveDeploymentsAgree_TheirSignature()
    {
        ScriptedService service = new(request => ScriptedService.Json(SwaggerSamples.Emulator("age", "long"), deployment: request.Header("azureml-model-deployment")));
        RotatingSource source = new("key") { Live = new() { ["blue"] = 90, ["green"] = 10 } };
        using ScoringClient client = Client(service, source: source);

        Assert.Equal("age: Long", (await client.GetSignatureAsync(default))!.ToString());
        Assert.Equal(2, service.Count);
    }

    [Fact]
    public async Task GetSignatureAsync_LiveDeploymentsDiffer_NamesTheColumns()
    {
        ScriptedService service = new(request => request.Header("azureml-model-deployment") == "blue"
            ? ScriptedService.Json(SwaggerSamples.Emulator("age", "long"), deployment: "blue")
            : ScriptedService.Json(SwaggerSamples.Emulator("age", "double"), deployment: "green"));
        RotatingSource source = new("key") { Live = new() { ["blue"] = 90, ["green"] = 10 } };
        using ScoringClient client = Client(service, source: source);

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => client.GetSignatureAsync(default));

        Assert.Equal(MlErrorIds.SignatureAmbiguous, error.ErrorId);
        Assert.Contains("'age' is Long for 'blue' and Double for 'green'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetSignatureAsync_NoSwagger_FromTheModelInStorage()
    {
        ScriptedService service = new(_ => ScriptedService.Json("no", HttpStatusCode.NotFound));
        RotatingSource source = new("key") { Stored = { ["blue"] = StreamSetup.Signature } };
        using ScoringClient client = Client(service, source: source, deployment: "blue");

        Assert.Same(StreamSetup.Signature, await client.GetSignatureAsync(default));
    }

    [Fact]
    public async Task GetSignatureAsync_Nowhere_Null()
    {
        ScriptedService service = new(_ => ScriptedService.Json("{}"));
        using ScoringClient client = Client(service, deployment: "blue");

        Assert.Null(await client.GetSignatureAsync(default));
    }

    private static bool IsSwagger(ScriptedRequest request) => request.Message.RequestUri!.AbsolutePath == "/swagger.json";

    private static Task<MlScoringResponse> SendAsync(ScoringClient client, string body) => client.SendAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None);

    private static ScoringClient Client(HttpMessageHandler service, string? deployment = null, IScoringSource? source = null) =>
        new(StreamSetup.Transport(service, TimeProvider.System, source, deployment), new Random(1));
}
