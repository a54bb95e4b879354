using System.Net;
using System.Net.Http.Headers;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class AuthenticationTests(EmulatorServer server)
{
    [Fact]
    public async Task ControlPlane_WithoutToken_Is401WithArmError()
    {
        using HttpClient client = server.Emulator.CreateHttpClient(authorized: false);

        using HttpResponseMessage response = await client.GetAsync($"{server.Client.Workspace}?api-version=2024-10-01");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("\"code\":\"AuthenticationFailed\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ControlPlane_WithWrongToken_Is401AndSaysNothingOfTheRightOne()
    {
        using HttpClient client = server.Emulator.CreateHttpClient(authorized: false);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");

        using HttpResponseMessage response = await client.GetAsync($"{server.Client.Workspace}?api-version=2024-10-01");
        string text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("InvalidAuthenticationToken", text, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Emulator.Token, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdministrativeRoutes_WithoutToken_Are401()
    {
        using HttpClient client = server.Emulator.CreateHttpClient(authorized: false);

        using HttpResponseMessage response = await client.GetAsync("/emulator/requests");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("", "MissingApiVersionParameter")]
    [InlineData("?api-version=", "MissingApiVersionParameter")]
    [InlineData("?api-version=latest", "InvalidApiVersionParameter")]
    public async Task ApiVersion_MissingOrNoDate_Is400(string query, string code)
    {
        ControlPlaneAnswer answer = await server.Client.SendRawAsync(HttpMethod.Get, server.Client.Workspace + query, null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(code, answer.ErrorCode);
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("other.blob.core.windows.net")]
    [InlineData("127.0.0.1.nip.io")]
    public async Task HostHeader_OfElsewhere_IsRefusedBeforeAnythingElse(string host)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"{server.Client.Workspace}?api-version=2024-10-01");
        request.Headers.Host = host;

        using HttpResponseMessage response = await Send(request, host);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Contains("HostNotAllowed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostHeader_OfTheBlobAccount_ReachesNoControlPlane()
    {
        string account = (await server.Client.GetAsync("/datastores/workspaceblobstore")).Body["properties"]!["accountName"]!.GetValue<string>();
        using HttpRequestMessage request = new(HttpMethod.Get, $"{server.Client.Workspace}?api-version=2024-10-01");
        string host = $"{account}.blob.core.windows.net";
        request.Headers.Host = host;

        using HttpResponseMessage response = await Send(request, host);

        Assert.Equal("ContainerNotFound", response.Headers.GetValues("x-ms-error-code").Single());
    }

    [Fact]
    public async Task HostHeader_Localhost_IsAnswered()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://localhost:{server.Emulator.ArmEndpoint.Port}{server.Client.Workspace}?api-version=2024-10-01");

        using HttpResponseMessage response = await server.Emulator.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The certificate is for the emulator's own names, so the name goes into the header alone.</summary>
    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, string host)
    {
        using HttpClient client = HostSpoofingClient.Create(server.Emulator, host);
        return await client.SendAsync(request);
    }
}
