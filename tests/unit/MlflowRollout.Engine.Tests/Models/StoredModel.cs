using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;

namespace MlflowRollout.Engine.Tests.Models;

/// <summary>A datastore in memory below a fake control plane, with names and bytes that the emulator would not take.</summary>
internal sealed class StoredModel(FakeArm arm, params (string Name, byte[] Content)[] files)
{
    private const string Host = "account.blob.core.windows.net";

    /// <summary>Folder of the model in the container.</summary>
    public const string Path = "LocalUpload/hash/heart";

    /// <summary>Registers heart:1 with these files.</summary>
    public void Register(string? hash = null)
    {
        arm.AddModel("heart", "1");
        JsonObject model = arm["models/heart/versions/1"]!;
        model["properties"]!["modelUri"] = $"azureml://datastores/store/paths/{Path}";
        model["properties"]!["properties"] = hash is null ? [] : new JsonObject { ["hash_sha256"] = hash };
        arm["models/heart/versions/1"] = model;
        arm["datastores/store"] = (JsonObject)JsonNode.Parse(
            """{"properties":{"datastoreType":"AzureBlob","accountName":"account","containerName":"container","credentials":{"credentialsType":"None"}}}""")!;
        arm.Intercept = (request, _) => request.RequestUri!.Host == Host ? Answer(request) : null;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        string query = Uri.UnescapeDataString(request.RequestUri!.Query);
        if (query.Contains("comp=list", StringComparison.Ordinal))
        {
            StringBuilder list = new("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://account.blob.core.windows.net/\" ContainerName=\"container\"><Blobs>");
            foreach ((string name, byte[] content) in files)
            {
                list.Append($"<Blob><Name>{Path}/{WebUtility.HtmlEncode(name)}</Name><Properties><Etag>0x1</Etag><Content-Length>{content.Length}</Content-Length><BlobType>BlockBlob</BlobType></Properties><Metadata /></Blob>");
            }

            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(list.Append("</Blobs><NextMarker /></EnumerationResults>").ToString(), Encoding.UTF8, "application/xml"),
            };
        }

        string path = Uri.UnescapeDataString(request.RequestUri.AbsolutePath);
        foreach ((string name, byte[] content) in files)
        {
            if (path == $"/container/{Path}/{name}")
            {
                ByteArrayContent body = new(content);
                body.Headers.ContentRange = new ContentRangeHeaderValue(0, content.Length - 1, content.Length);
                body.Headers.LastModified = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
                HttpResponseMessage answer = new(HttpStatusCode.PartialContent) { Content = body };
                answer.Headers.ETag = new EntityTagHeaderValue("\"0x1\"");
                return answer;
            }
        }

        return new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } };
    }
}
