using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Computes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>What a PUT of an endpoint becomes: checked, defaults filled, without what the server owns.</summary>
internal static class EndpointBody
{
    public const string InvalidDetail = "InferencingClientCreateEndpointFailed";

    private static readonly string[] AuthModes = ["Key", "AMLToken", "AADToken"];
    private static readonly string[] ReadOnly = ["keys", "scoringUri", "swaggerUri", "provisioningState"];

    /// <param name="before">The endpoint as it is; null when it is created.</param>
    public static JsonObject Normalize(string name, JsonObject source, ResourceRecord? before, IReadOnlyList<ResourceRecord> deployments, WorkspaceIdentity workspace)
    {
        JsonObject sent = ResourceBody.RequiredProperties(source);
        List<(string Field, string Reason)> errors = [];
        string? compute = Compute(sent, before, workspace, errors);
        if ((compute is null ? ResourceNames.ProblemOfEndpointOrDeployment("endpoint", name) : ResourceNames.ProblemOfKubernetesEndpoint(name)) is { } problem)
        {
            errors.Add(("Name", problem));
        }

        JsonObject? identity = source.OptionalObject("identity", "identity");
        if (identity is null)
        {
            errors.Add(("Identity", "The identity of the endpoint is missing. Send {\"type\":\"SystemAssigned\"}."));
        }

        JsonObject properties = sent.DeepClone().AsObject();
        foreach (string member in ReadOnly)
        {
            ResourceBody.Set(properties, member, null);
            properties.Remove(member);
        }

        string? authMode = sent.OptionalText("authMode", "properties.authMode");
        string? known = Array.Find(AuthModes, mode => mode.Equals(authMode, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            errors.Add(("AuthMode", $"The authMode '{authMode}' must be one of {string.Join(", ", AuthModes)}."));
        }

        string access = NetworkAccess.Read(sent, "publicNetworkAccess", errors);
        Dictionary<string, int> traffic = TrafficMap.Read(sent, "traffic", "Traffic", errors);
        Dictionary<string, int> mirror = TrafficMap.Read(sent, "mirrorTraffic", "MirrorTraffic", errors);
        if (errors.Count == 0)
        {
            TrafficRules.Check(traffic, mirror, before, deployments, compute is not null, errors);
        }

        if (errors.Count > 0)
        {
            throw ArmErrors.Validation(InvalidDetail, errors);
        }

        ResourceBody.Set(properties, "authMode", known);
        ResourceBody.Set(properties, "compute", compute);
        ResourceBody.Set(properties, "description", sent.OptionalText("description", "properties.description"));
        ResourceBody.Set(properties, "publicNetworkAccess", access);
        ResourceBody.Set(properties, "traffic", TrafficMap.Write(Named(traffic, deployments)));
        ResourceBody.Set(properties, "mirrorTraffic", TrafficMap.Write(Named(mirror, deployments)));
        ResourceBody.Set(
            properties,
            "properties",
            ResourceBody.UserProperties(
                sent.OptionalTextMap("properties", "properties.properties") ?? [],
                before?.Properties["properties"] as JsonObject,
                InvalidDetail));

        JsonObject body = ResourceBody.Envelope(source, properties);
        ResourceBody.Set(body, "location", ResourceBody.RequiredLocation(source));
        ResourceBody.Set(body, "identity", ManagedIdentity.Normalize(identity!));
        return body;
    }

    /// <summary>Keys that a create may bring along.</summary>
    public static (string? Primary, string? Secondary) ReadKeys(JsonObject source)
    {
        JsonObject? keys = ResourceBody.RequiredProperties(source).OptionalObject("keys", "properties.keys");
        string? primary = keys?.OptionalText("primaryKey", "properties.keys.primaryKey");
        string? secondary = keys?.OptionalText("secondaryKey", "properties.keys.secondaryKey");
        return (string.IsNullOrEmpty(primary) ? null : primary, string.IsNullOrEmpty(secondary) ? null : secondary);
    }

    /// <summary>The id of the compute, in this emulator's casing; an endpoint keeps the one that it was created with.</summary>
    private static string? Compute(JsonObject sent, ResourceRecord? before, WorkspaceIdentity workspace, List<(string Field, string Reason)> errors)
    {
        string? asked = sent.OptionalText("compute", "properties.compute") is { Length: > 0 } text ? text : null;
        string? stored = before?.Properties["compute"]?.GetValue<string>();
        if (stored is not null && string.Equals(asked, stored, StringComparison.OrdinalIgnoreCase))
        {
            return stored;
        }

        string? problem = null;
        string? name = asked is null ? null : ComputeId.ReadName(asked, workspace, out problem);
        string? compute = name is null ? null : ComputeId.Of(workspace, name);
        if (problem is not null)
        {
            errors.Add(("Compute", problem));
        }
        else if (before is not null && !string.Equals(compute, stored, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(("Compute", $"The compute of an endpoint cannot be changed from '{stored ?? "none (managed)"}' to '{asked ?? "none (managed)"}'. Create another endpoint with it."));
        }

        return stored ?? compute;
    }

    /// <summary>Weights under the names that the deployments have.</summary>
    private static IEnumerable<KeyValuePair<string, int>> Named(Dictionary<string, int> weights, IReadOnlyList<ResourceRecord> deployments) =>
        weights.Select(pair => KeyValuePair.Create(
            deployments.First(deployment => deployment.Name.Equals(pair.Key, StringComparison.OrdinalIgnoreCase)).Name,
            pair.Value));
}
