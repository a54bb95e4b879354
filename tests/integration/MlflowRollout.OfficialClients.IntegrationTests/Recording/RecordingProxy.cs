using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests.Recording;

/// <summary>
/// Stands between clients and an emulator over TLS and records what comes by. It shows the emulator's own certificate and has a connection file of its
/// own, so that a client cannot tell it from the emulator. Blob calls can be sent to another blob service.
/// </summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private static readonly HashSet<string> HopByHop = new(["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Host"], StringComparer.OrdinalIgnoreCase);

    private readonly EmulatorProcess _emulator;
    private readonly WebApplication _server;
    private readonly HttpClient _client;
    private readonly HttpClient _blobClient = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly TemporaryFolder _folder = new();

    private RecordingProxy(EmulatorProcess emulator, WebApplication server)
    {
        _emulator = emulator;
        _server = server;
        _client = emulator.CreateHttpClient(authorized: false);
    }

    /// <summary>The connection file that leads here.</summary>
    public string ConnectionFile => _folder["connection.json"];

    /// <summary>The base address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A blob service that takes the blob calls in the emulator's place; null for none.</summary>
    public Uri? BlobService { get; init; }

    /// <summary>Changes an answer of the control plane before it is passed on; the path and the document are given.</summary>
    public Action<string, JsonObject>? ChangeAnswer { get; init; }

    /// <summary>What a blob call is answered with instead of being passed on; null passes it on.</summary>
    public Func<HttpRequest, int?>? RefuseBlobCall { get; set; }

    /// <summary>Starts a proxy.</summary>
    public static async Task<RecordingProxy> StartAsync(EmulatorProcess emulator, Uri? blobService = null, Action<string, JsonObject>? changeAnswer = null)
    {
        using X509Certificate2 certificate = Certificate(emulator);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new X509Certificate2(certificate)));
        });
        WebApplication server = builder.Build();
        RecordingProxy proxy = new(emulator, server) { BlobService = blobService, ChangeAnswer = changeAnswer };
        server.Run(proxy.HandleAsync);
        await server.StartAsync();
        proxy.Address = new Uri(server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        JsonObject connection = JsonNode.Parse(await File.ReadAllTextAsync(emulator.ConnectionFile))!.AsObject();
        connection["armEndpoint"] = proxy.Address.GetLeftPart(UriPartial.Authority);
        proxy._folder.Write("connection.json", connection.ToJsonString());
        return proxy;
    }

    /// <summary>What came by since the last call.</summary>
    public IReadOnlyList<RecordedRequest> Take()
    {
        List<RecordedRequest> taken = [];
        while (_requests.TryDequeue(out RecordedRequest? request))
        {
            taken.Add(request);
        }

        return taken;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _blobClient.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 Certificate(EmulatorProcess emulator)
    {
        string file = Path.Combine(Path.GetDirectoryName(emulator.Connection.CaCertificate)!, "server.pem");
        return X509Certificate2.CreateFromPemFile(file, file);
    }

    private async Task HandleAsync(HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        bool blob = !http.Request.Host.Host.StartsWith("127.", StringComparison.Ordinal);
        if (blob && RefuseBlobCall?.Invoke(http.Request) is { } refusal)
        {
            http.Response.StatusCode = refusal;
            Record(http, body.ToArray());
            return;
        }

        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Uri destination = !blob ? _emulator.ArmEndpoint : BlobService ?? new Uri($"https://{http.Request.Host.Host}");
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), new Uri(destination.GetLeftPart(UriPartial.Authority) + target));
        if (body.Length > 0 || http.Request.ContentLength is not null)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach ((string name, var values) in http.Request.Headers.Where(static header => !HopByHop.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (blob)
        {
            request.Headers.Host = http.Request.Host.Value;
        }

        using HttpResponseMessage answer = await (blob && BlobService is not null ? _blobClient : _client)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers).Where(static header => !HopByHop.Contains(header.Key)))
        {
            http.Response.Headers[name] = values.Select(value => blob ? value : Here(value)).ToArray();
        }

        Record(http, body.ToArray());
        if (!blob && answer.Content.Headers.ContentType?.MediaType == "application/json")
        {
            byte[] document = Changed(http.Request.Path, Here(await answer.Content.ReadAsStringAsync(http.RequestAborted)));
            http.Response.ContentLength = document.Length;
            await http.Response.Body.WriteAsync(document, http.RequestAborted);
        }
        else if (!HttpMethods.IsHead(http.Request.Method))
        {
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    private void Record(HttpContext http, byte[] body) => _requests.Enqueue(new RecordedRequest(
        http.Request.Method,
        http.Request.Host.Host,
        http.Request.Path.Value ?? string.Empty,
        http.Request.QueryString.Value ?? string.Empty,
        http.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.Last() ?? string.Empty, StringComparer.OrdinalIgnoreCase),
        body,
        http.Response.StatusCode));

    private string Here(string text) => text.Replace(
        _emulator.ArmEndpoint.GetLeftPart(UriPartial.Authority), Address.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);

    private byte[] Changed(string path, string document)
    {
        if (ChangeAnswer is null || JsonNode.Parse(document) is not JsonObject body)
        {
            return Encoding.UTF8.GetBytes(document);
        }

        ChangeAnswer(path, body);
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
