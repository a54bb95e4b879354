using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>The identity member of endpoints and deployments.</summary>
internal static class ManagedIdentity
{
    private static readonly string[] Types = ["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"];

    /// <summary>What is stored: the type in the service's casing and the ids of user-assigned identities.</summary>
    public static JsonObject Normalize(JsonObject source)
    {
        string? sent = source.OptionalText("type", "identity.type");
        string compact = (sent ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        string type = Array.Find(Types, type => type.Equals(compact, StringComparison.OrdinalIgnoreCase))
            ?? throw ArmErrors.InvalidContent($"The request content was invalid: 'identity.type' must be one of {string.Join("; ", Types)}, not '{sent}'.", "identity.type");
        JsonObject result = new() { ["type"] = type };
        JsonObject? assigned = source.OptionalObject("userAssignedIdentities", "identity.userAssignedIdentities");
        if (type.Contains("UserAssigned", StringComparison.Ordinal))
        {
            if (assigned is null || assigned.Count == 0)
            {
                throw ArmErrors.InvalidContent($"The request content was invalid: an identity of type '{type}' needs 'identity.userAssignedIdentities'.", "identity.userAssignedIdentities");
            }

            JsonObject ids = [];
            foreach ((string id, _) in assigned)
            {
                ids[id] = new JsonObject();
            }

            result["userAssignedIdentities"] = ids;
        }

        return result;
    }

    /// <summary>What is answered: with the ids that the directory would have given, stable for a resource.</summary>
    public static JsonObject Render(JsonObject stored, string resourceId, Guid tenant)
    {
        JsonObject result = stored.DeepClone().AsObject();
        if (result["type"]!.GetValue<string>().StartsWith("SystemAssigned", StringComparison.Ordinal))
        {
            result["principalId"] = Derive(resourceId, "principal");
            result["tenantId"] = tenant.ToString("D");
        }

        if (result["userAssignedIdentities"] is JsonObject assigned)
        {
            foreach (string id in assigned.Select(entry => entry.Key).ToList())
            {
                assigned[id] = new JsonObject { ["principalId"] = Derive(id, "principal"), ["clientId"] = Derive(id, "client") };
            }
        }

        return result;
    }

    private static string Derive(string id, string role) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{role}:{id.ToLowerInvariant()}")).AsSpan(0, 16)).ToString("D");
}
