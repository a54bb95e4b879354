using System.Net;
using System.Text;
using MlflowRollout.Engine.Scoring;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>What the data plane answers when it gives no prediction, as users saw it: one line that says who refused and why.</summary>
public sealed class ScoringErrorsTests
{
    private const string Body = """{"input_data":{"columns":["id"],"index":[0],"data":[[1]]}}""";

    public static TheoryData<int, string?, string?, string, string, string> Answers => new()
    {
        // status, status and reason of the model's container, body, the whole message, words of the way out
        { 401, null, null, "Unauthorized\r\n", "Endpoint 'heart' refused the key or token (401). It said: Unauthorized", "Get-MlEndpointKey" },
        { 404, null, null, "No valid deployments to route to. Please check that the endpoint has at least one deployment with positive weight values or use a deployment specific header to route.", "Endpoint 'heart' has no deployment with traffic (404). It said: No valid deployments to route to.", "Set-MlTraffic" },
        { 408, null, null, "", "The model of deployment 'blue' of endpoint 'heart' took longer than the deployment's request time-out (408).", "time-out" },
        { 424, "500", "Internal Server Error", """{"message":"An unexpected error occurred in scoring script. Check the logs for more info."}""", "The model of deployment 'blue' of endpoint 'heart' answered with 500 Internal Server Error. It said: An unexpected error occurred in scoring script.", "Get-MlDeploymentLog blue -Endpoint heart" },
        { 424, "404", "Not Found", """{"detail":"Not Found"}""", "The model of deployment 'blue' of endpoint 'heart' answered with 404 Not Found. It said: Not Found", "Get-MlDeploymentLog" },
        { 424, "502", null, "Traceback (most recent call last):\n  File \"score.py\", line 3\nKeyError: 'thal'", "The model of deployment 'blue' of endpoint 'heart' answered with 502. It said: Traceback (most recent call last):", "Get-MlDeploymentLog" },
        { 424, null, null, "", "The model of deployment 'blue' of endpoint 'heart' answered.", "Get-MlDeploymentLog" },
        { 429, null, null, "Too many pending requests", "Endpoint 'heart' has too many requests (429). It said: Too many pending requests", "fewer requests" },
        { 429, null, null, """{"error":{"code":"RateLimiting","message":"Rate limit is exceeded."}}""", "Endpoint 'heart' has too many requests (429). It said: Rate limit is exceeded.", "fewer requests" },
        { 500, null, null, """{"error":{"code":"InternalServerError","message":"boom"}}""", "Endpoint 'heart' cannot answer now (500). It said: boom", "later" },
        { 502, null, null, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>", "Endpoint 'heart' cannot answer now (502). It said: <html> <head><title>502 Bad Gateway</title></head> </html>", "later" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_WithoutAPrediction_IsOneLineWithAWayOut(int status, string? modelStatus, string? modelReason, string body, string message, string way)
    {
        ScriptedService service = new(request =>
        {
            if (request.Message.RequestUri!.AbsolutePath.EndsWith("swagger.json", StringComparison.Ordinal))
            {
                return ScriptedService.Json("{}", HttpStatusCode.NotFound);
            }

            HttpResponseMessage answer = ScriptedService.Json(body, (HttpStatusCode)status);
            answer.Content = new StringContent(body, Encoding.UTF8, "text/plain");
            if (modelStatus is not null)
            {
                answer.Headers.Add("ms-azureml-model-error-statuscode", modelStatus);
            }

            if (modelReason is not null)
            {
                answer.Headers.Add("ms-azureml-model-error-reason", modelReason);
            }

            return answer;
        });
        using ScoringClient client = new(StreamSetup.Transport(service, TimeProvider.System, null, null), new Random(1));

        MlScoringException error = await Assert.ThrowsAsync<MlScoringException>(() => client.SendAsync(Encoding.UTF8.GetBytes(Body), CancellationToken.None));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, character => character is '\r' or '\n');
        Assert.Contains(way, error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Equal((status, modelStatus is null ? null : int.Parse(modelStatus, System.Globalization.CultureInfo.InvariantCulture)), ((int)error.StatusCode!, error.ModelStatusCode));
        Assert.Equal(body.Length == 0 ? null : body, error.RawBody);
    }
}
