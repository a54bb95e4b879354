using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlflowRollout.OfficialClients.IntegrationTests.Recording;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>Replaces what is an id of the emulator or of the run, and takes bodies apart.</summary>
internal sealed partial class Normalizer(EmulatorConnection connection, string account, string container)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] ReadingPosts = ["/listKeys", "/listSecrets", "/getLogs", "/token"];

    /// <summary>Normalises what a client sent to the control plane and to storage; scoring and the polls of operations are left out.</summary>
    public IReadOnlyList<NormalizedRequest> Normalize(IEnumerable<RecordedRequest> requests) =>
        [.. requests.Where(static request => !Operation().IsMatch(request.Path)).Select(Normalize)];

    private NormalizedRequest Normalize(RecordedRequest request)
    {
        bool blob = request.Host.EndsWith(".blob.core.windows.net", StringComparison.OrdinalIgnoreCase);
        SortedDictionary<string, string> members = new(StringComparer.Ordinal);
        string name = $"{request.Method} {(blob ? "{storage}" : string.Empty)}{Text(Uri.UnescapeDataString(request.Path))}";
        foreach ((string key, string value) in Query(request.Query))
        {
            // Parts of an operation's name in storage, a value everywhere else.
            if (blob && key is "comp" or "restype")
            {
                name += $" {key}={value}";
            }
            else
            {
                members[$"?{key}"] = value;
            }
        }

        if (blob)
        {
            AddBlob(request, members);
        }
        else if (request.Body.Length > 0)
        {
            Flatten(JsonNode.Parse(request.Body), string.Empty, members);
        }

        bool reads = request.Method is "GET" or "HEAD" || (request.Method == "POST" && ReadingPosts.Any(suffix => request.Path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)));
        return new NormalizedRequest(name, !reads, members);
    }

    private void AddBlob(RecordedRequest request, SortedDictionary<string, string> members)
    {
        foreach ((string header, string value) in request.Headers)
        {
            if (header.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase) || header.Equals("x-ms-blob-type", StringComparison.OrdinalIgnoreCase)
                || header.Equals("If-None-Match", StringComparison.OrdinalIgnoreCase))
            {
                members[header.ToLowerInvariant()] = Text(value);
            }
        }

        if (request.Body.Length > 0)
        {
            members["content"] = Convert.ToHexStringLower(SHA256.HashData(request.Body));
        }
    }

    private void Flatten(JsonNode? node, string path, SortedDictionary<string, string> members)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach ((string key, JsonNode? value) in map)
                {
                    Flatten(value, path.Length == 0 ? key : $"{path}.{key}", members);
                }

                break;
            case JsonArray { Count: > 0 } list:
                for (int i = 0; i < list.Count; i++)
                {
                    Flatten(list[i], $"{path}[{i}]", members);
                }

                break;
            default:
                members[path] = Text(node?.ToJsonString(Readable) ?? "null");
                break;
        }
    }

    private string Text(string text)
    {
        text = text.Replace(connection.WorkspaceId, "{workspace}", StringComparison.OrdinalIgnoreCase)
            .Replace($"subscriptions/{connection.SubscriptionId}/resourcegroups/{connection.ResourceGroup}/workspaces/{connection.Workspace}", "{workspace uri}", StringComparison.Ordinal)
            .Replace(account, "{account}", StringComparison.Ordinal)
            .Replace(container, "{container}", StringComparison.Ordinal);
        text = Upload().Replace(text, "LocalUpload/{hash}");
        text = Address().Replace(text, "{address}");
        text = Time().Replace(text, "{time}");
        return Id().Replace(text, "{id}");
    }

    private static IEnumerable<(string Key, string Value)> Query(string query) =>
        query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair =>
        {
            string[] parts = pair.Split('=', 2);
            return (Uri.UnescapeDataString(parts[0]), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
        });

    [GeneratedRegex("/mfeOperations(Status|Results)/", RegexOptions.IgnoreCase)]
    private static partial Regex Operation();

    // The official client names the place of a model by an MD5 hash, the module by SHA-256. Code has the same name with both.
    [GeneratedRegex("LocalUpload/([0-9a-f]{32}|[0-9a-f]{64})(?=/model-v1)")]
    private static partial Regex Upload();

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")]
    private static partial Regex Time();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.IgnoreCase)]
    private static partial Regex Id();
}
