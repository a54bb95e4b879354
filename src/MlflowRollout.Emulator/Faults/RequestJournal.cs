using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Faults;

/// <summary>Counts the requests that change something, so that a test can prove that there was none.</summary>
internal sealed class RequestJournal
{
    private readonly ConcurrentDictionary<(string Plane, string Method, string Path), int> _counts = new();

    public void Count(string plane, string method, string path)
    {
        bool changes = method switch
        {
            "PUT" or "PATCH" or "DELETE" => true,
            "POST" => path.EndsWith("/regenerateKeys", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
        if (changes)
        {
            _counts.AddOrUpdate((plane, method, path), 1, (_, count) => count + 1);
        }
    }

    public void Clear() => _counts.Clear();

    public JsonObject ToJson()
    {
        JsonArray requests = [];
        int total = 0;
        foreach (((string plane, string method, string path), int count) in _counts.OrderBy(entry => entry.Key))
        {
            total += count;
            requests.Add(new JsonObject { ["plane"] = plane, ["method"] = method, ["path"] = path, ["count"] = count });
        }

        return new JsonObject { ["total"] = total, ["requests"] = requests };
    }
}
