using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Tests.Support;

/// <content>The default datastore and its blobs.</content>
internal sealed partial class FakeArm
{
    /// <summary>Address of the container of the default datastore.</summary>
    public const string Container = "https://account.blob.core.windows.net/container";

    /// <summary>Blobs by path, container included.</summary>
    public ConcurrentDictionary<string, (byte[] Content, Dictionary<string, string> Metadata)> Blobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds the default datastore.</summary>
    public void AddDatastore() => this["datastores/workspaceblobstore"] = (JsonObject)JsonNode.Parse("""
        {"properties":{"datastoreType":"AzureBlob","isDefault":true,"accountName":"account","containerName":"container","endpoint":"core.windows.net",
                       "credentials":{"credentialsType":"AccountKey"}}}
        """)!;

    private HttpResponseMessage AnswerBlob(HttpRequestMessage request, string path, byte[] content)
    {
        string name = path.TrimStart('/');
        if (request.Method == HttpMethod.Head)
        {
            return Blobs.TryGetValue(name, out (byte[] Content, Dictionary<string, string> Metadata) blob)
                ? WithMetadata(BlobAnswer(HttpStatusCode.OK), blob.Metadata)
                : BlobAnswer(HttpStatusCode.NotFound, ("x-ms-error-code", "BlobNotFound"));
        }

        if (request.RequestUri!.Query.Contains("comp=metadata", StringComparison.Ordinal))
        {
            Dictionary<string, string> metadata = request.Headers.Where(header => header.Key.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key["x-ms-meta-".Length..], header => header.Value.First(), StringComparer.OrdinalIgnoreCase);
            Blobs.AddOrUpdate(name, _ => ([], metadata), (_, old) => (old.Content, metadata));
            return BlobAnswer(HttpStatusCode.OK);
        }

        Blobs[name] = (content, []);
        return BlobAnswer(HttpStatusCode.Created);
    }

    private static HttpResponseMessage WithMetadata(HttpResponseMessage response, Dictionary<string, string> metadata)
    {
        foreach ((string key, string value) in metadata)
        {
            response.Headers.TryAddWithoutValidation("x-ms-meta-" + key, value);
        }

        return response;
    }

    private static HttpResponseMessage BlobAnswer(HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        HttpResponseMessage response = new(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Empty)) };
        response.Content.Headers.LastModified = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        response.Headers.ETag = new EntityTagHeaderValue("\"1\"");
        response.Headers.TryAddWithoutValidation("x-ms-version", "2024-01-01");
        foreach ((string header, string value) in headers)
        {
            response.Headers.TryAddWithoutValidation(header, value);
        }

        return response;
    }
}
