using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;

namespace MlflowRollout.Engine.Models;

/// <summary>Model versions between bodies and pipeline objects.</summary>
internal static class ModelMapping
{
    /// <summary>Entry of a version's properties that holds the hash of its content.</summary>
    public const string HashKey = "hash_sha256";

    /// <summary>Other clients write a hash of their own making under the same name, with the version of its rule in this entry.</summary>
    public const string ForeignHashKey = "hash_version";

    /// <summary>A body as an object.</summary>
    public static MlModel ToModel(JsonObject body, string modelName, WorkspaceConnection connection)
    {
        JsonObject? properties = body.Object("properties");
        MlModel model = new()
        {
            ModelType = properties.Text("modelType") ?? string.Empty,
            ModelUri = properties.Text("modelUri"),
            Flavors = [.. (properties.Object("flavors") ?? []).Select(pair => pair.Key)],
            Stage = properties.Text("stage") is { Length: > 0 } stage ? stage : null,
            IsArchived = properties.Flag("isArchived") ?? false,
            JobName = properties.Text("jobName") is { Length: > 0 } job ? job : null,
        };
        ResourceMapping.Fill(model, body, connection);
        // The name of a version resource is the version; the model's own is in the id.
        (string Name, string Version)? named = ModelReference.FindNameAndVersion(model.Id);
        string version = named?.Version ?? model.Name;
        model.Version = version.Length > 0 ? new MlVersion(version) : null;
        model.Name = named?.Name ?? modelName;
        model.ContentHash = model.Properties.TryGetValue(HashKey, out string? hash) && !model.Properties.ContainsKey(ForeignHashKey) ? hash : null;
        properties.CopyTexts("tags", model.Tags);
        return model;
    }

    /// <summary>Flavors as the service takes them.</summary>
    public static JsonObject WriteFlavors(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given)
    {
        JsonObject flavors = [];
        foreach ((string name, IReadOnlyDictionary<string, string> settings) in given)
        {
            flavors[name] = new JsonObject { ["data"] = JsonBody.FromTexts(settings) };
        }

        return flavors;
    }
}
