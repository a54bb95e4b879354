using System.Net.Http.Headers;
using MlflowRollout.Testing;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>All that a client of an endpoint knows: its address and a key.</summary>
internal sealed record ScoringTarget(Uri Address, string Key)
{
    private const string DeploymentHeader = "azureml-model-deployment";

    /// <summary>Reads both by the cmdlets, of the session's <c>$endpoint</c>.</summary>
    public static ScoringTarget Of(ModuleSession session) => new(
        session.Invoke("(Get-MlEndpoint $endpoint.Name).ScoringUri").One<Uri>(),
        session.Invoke("Get-MlEndpointKey -Endpoint $endpoint -AsPlainText").One<string>());

    public static string? DeploymentOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DeploymentHeader, out IEnumerable<string>? names) ? names.Single() : null;

    public HttpRequestMessage Request(HttpContent content, string? pin = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, Address) { Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        if (pin is not null)
        {
            request.Headers.Add(DeploymentHeader, pin);
        }

        return request;
    }
}
