using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Tests.Connections;

/// <summary>
/// The services that sign people and applications in, in memory: discovery, the token endpoint, Azure DevOps' and a machine's identity endpoint; and behind them
/// a control plane with one workspace. Everything that is asked is kept.
/// </summary>
internal sealed class FakeAuthority : HttpMessageHandler
{
    /// <summary>Subscription of the one workspace.</summary>
    public const string Subscription = "00000000-0000-0000-0000-00000000000a";

    /// <summary>Calls as <c>METHOD address</c>, without query.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Forms that were posted to a token endpoint, with the address.</summary>
    public ConcurrentQueue<(Uri Address, Dictionary<string, string> Form)> Tokens { get; } = new();

    /// <summary>Other requests, with their headers.</summary>
    public ConcurrentQueue<HttpRequestMessage> Others { get; } = new();

    /// <summary>True when the machine's own identity endpoint answers with a token.</summary>
    public bool HasIdentity { get; init; } = true;

    /// <summary>What the token endpoint refuses with; null when it does not.</summary>
    public string? Refusal { get; init; }

    /// <summary>A token of that audience; its claims are readable.</summary>
    public static string Token(string audience, string account = "app-1")
    {
        string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{Part("""{"alg":"none","typ":"JWT"}""")}.{Part($$"""{"aud":"{{audience}}","appid":"{{account}}","exp":1999999999}""")}.planted-signature";
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!;
        Calls.Enqueue($"{request.Method} {address.GetLeftPart(UriPartial.Path)}");
        if (address.AbsolutePath.EndsWith("/discovery/instance", StringComparison.Ordinal))
        {
            string host = address.Host;
            return Json(200, $$"""
                {"tenant_discovery_endpoint":"https://{{host}}/common/v2.0/.well-known/openid-configuration","api-version":"1.1",
                 "metadata":[{"preferred_network":"{{host}}","preferred_cache":"{{host}}","aliases":["{{host}}"]}]}
                """);
        }

        if (address.AbsolutePath.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
        {
            string root = address.AbsoluteUri[..address.AbsoluteUri.IndexOf("/v2.0/", StringComparison.Ordinal)];
            return Json(200, $$"""{"issuer":"{{root}}/v2.0","authorization_endpoint":"{{root}}/oauth2/v2.0/authorize","token_endpoint":"{{root}}/oauth2/v2.0/token","device_authorization_endpoint":"{{root}}/oauth2/v2.0/devicecode"}""");
        }

        if (address.AbsolutePath.EndsWith("/devicecode", StringComparison.Ordinal))
        {
            return Json(200, """{"user_code":"ABCD-EFGH","device_code":"planted-device-code","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":1,"message":"Open https://microsoft.com/devicelogin and enter ABCD-EFGH."}""");
        }

        if (address.AbsolutePath.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal))
        {
            return await AnswerTokenAsync(request, cancellationToken);
        }

        Others.Enqueue(request);
        return address.Host switch
        {
            "dev.azure.test" => Json(200, """{"oidcToken":"planted-oidc-token"}"""),
            "127.0.0.1" when HasIdentity => Json(200, $$"""{"access_token":"{{Token("https://management.azure.com")}}","expires_on":"1999999999","resource":"https://management.azure.com","token_type":"Bearer"}"""),
            "127.0.0.1" => Json(400, """{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId."}"""),
            _ when address.AbsolutePath.Contains("/workspaces/", StringComparison.Ordinal) => Json(200, """{"location":"westeurope","properties":{}}"""),
            _ => Json(404, """{"error":{"code":"NotFound","message":"not here"}}"""),
        };
    }

    private async Task<HttpResponseMessage> AnswerTokenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = await request.Content!.ReadAsStringAsync(cancellationToken);
        Dictionary<string, string> form = body.Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]), StringComparer.Ordinal);
        Tokens.Enqueue((request.RequestUri!, form));
        if (Refusal is not null)
        {
            JsonObject refusal = new()
            {
                ["error"] = "invalid_client",
                ["error_description"] = Refusal,
                ["correlation_id"] = "11111111-2222-3333-4444-555555555555",
            };
            return Json(401, refusal.ToJsonString());
        }

        string scope = form["scope"].Split(' ')[0];
        string claims = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"uid":"u","utid":"t"}""")).TrimEnd('=');
        return Json(200, $$"""
            {"token_type":"Bearer","expires_in":3600,"ext_expires_in":3600,"scope":"{{form["scope"]}}","client_info":"{{claims}}",
             "access_token":"{{Token(scope[..scope.LastIndexOf('/')])}}"}
            """);
    }

    private static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
