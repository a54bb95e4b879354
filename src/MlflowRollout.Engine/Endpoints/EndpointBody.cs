using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>Changes of endpoints, from settings to bodies.</summary>
internal static class EndpointBody
{
    /// <summary>A read body with changes; everything else stays, known or not.</summary>
    public static JsonObject Change(JsonObject read, MlEndpointChanges changes)
    {
        JsonObject body = ResourceMapping.ForWriting(read);
        JsonObject properties = body.ObjectOrNew("properties");
        properties.ObjectOrNew("traffic");
        properties.ObjectOrNew("mirrorTraffic");
        if (body.Object("identity") is null)
        {
            body["identity"] = EndpointMapping.WriteIdentity(null, []);
        }

        if (changes.Description is { } description)
        {
            properties["description"] = description;
        }

        if (changes.Tags is { } tags)
        {
            body.MergeTexts("tags", tags, StringComparison.OrdinalIgnoreCase);
        }

        if (changes.Properties is { } entries)
        {
            properties.MergeTexts("properties", entries.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), StringComparison.OrdinalIgnoreCase);
        }

        if (changes.PublicNetworkAccess is { } access)
        {
            properties["publicNetworkAccess"] = access.ToString();
        }

        if (changes.IdentityType is not null || changes.UserAssignedIdentities is not null)
        {
            body["identity"] = EndpointMapping.WriteIdentity(changes.IdentityType, changes.UserAssignedIdentities ?? []);
        }

        return body;
    }

    /// <summary>Refuses changes of what the service never changes.</summary>
    /// <param name="there">The endpoint as it is.</param>
    /// <param name="changes">Changes.</param>
    /// <param name="where">How the endpoint is called in messages.</param>
    public static void CheckUnchangeable(MlEndpoint there, MlEndpointChanges changes, string where)
    {
        if (changes.AuthMode is { } mode && mode != there.AuthMode)
        {
            throw new MlConflictException(
                MlErrorIds.EndpointAuthModeMismatch, $"The {where} authenticates with {there.AuthMode} and not with {mode} as asked, and that cannot be changed after creation. Nothing was changed.")
            {
                Target = there,
                RecommendedAction = $"Leave the authentication mode out or say {there.AuthMode}, or make another endpoint.",
            };
        }

        if (changes.Compute is { Length: > 0 } compute && !SameCompute(there.Compute, compute))
        {
            throw new MlConflictException(
                MlErrorIds.ResourceConflict,
                $"The {where} runs on {(there.Compute is { Length: > 0 } ? $"the compute {there.Compute}" : "managed compute")} and not on {compute} as asked, and that cannot be changed after creation. Nothing was changed.")
            {
                Target = there,
                RecommendedAction = "Leave the compute out, or make another endpoint.",
            };
        }
    }

    // A name stands for the compute of the endpoint's own workspace.
    private static bool SameCompute(string? there, string asked)
    {
        string plain = asked.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) ? asked["azureml:".Length..] : asked;
        return string.Equals(plain.StartsWith('/') ? there : there?[(there.LastIndexOf('/') + 1)..], plain, StringComparison.OrdinalIgnoreCase);
    }
}
