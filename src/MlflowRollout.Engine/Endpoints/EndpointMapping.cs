using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>Endpoints between bodies and pipeline objects.</summary>
internal static class EndpointMapping
{
    /// <summary>A body as an object.</summary>
    /// <param name="body">Body.</param>
    /// <param name="deployments">Names of the endpoint's deployments, for explicit zeros; null when they were not read.</param>
    /// <param name="connection">Connection.</param>
    public static MlEndpoint ToModel(JsonObject body, IEnumerable<string>? deployments, WorkspaceConnection connection)
    {
        JsonObject? properties = body.Object("properties");
        JsonObject? identity = body.Object("identity");
        string? compute = properties.Text("compute");
        MlEndpoint endpoint = new()
        {
            ProvisioningState = ResourceMapping.StateOf(body),
            AuthMode = properties.Choice("authMode", MlAuthMode.Unknown),
            Traffic = ReadMap(body, "traffic"),
            MirrorTraffic = ReadMap(body, "mirrorTraffic"),
            ScoringUri = properties.Address("scoringUri"),
            SwaggerUri = properties.Address("swaggerUri"),
            Compute = string.IsNullOrEmpty(compute) ? null : compute,
            ComputeType = string.IsNullOrEmpty(compute) ? MlComputeType.Managed : MlComputeType.Kubernetes,
            PublicNetworkAccess = properties.Choice("publicNetworkAccess", MlPublicNetworkAccess.Enabled),
            Location = body.Text("location") ?? string.Empty,
            IdentityType = identity.Text("type"),
            PrincipalId = identity.Text("principalId"),
            UserAssignedIdentities = [.. (identity.Object("userAssignedIdentities") ?? []).Select(pair => pair.Key)],
        };
        ResourceMapping.Fill(endpoint, body, connection);
        body.CopyTexts("tags", endpoint.Tags);
        AddZeros(endpoint.Traffic, deployments ?? []);
        return endpoint;
    }

    /// <summary>A traffic map of a body.</summary>
    public static MlTrafficMap ReadMap(JsonObject body, string name)
    {
        MlTrafficMap map = [];
        JsonObject? weights = body.Object("properties").Object(name);
        foreach ((string deployment, JsonNode? _) in weights ?? [])
        {
            map[deployment] = weights.Number(deployment) ?? 0;
        }

        return map;
    }

    /// <summary>Adds a weight of 0 for every deployment that has none.</summary>
    public static void AddZeros(MlTrafficMap map, IEnumerable<string> deployments)
    {
        foreach (string name in deployments)
        {
            if (!map.Contains(name))
            {
                map[name] = 0;
            }
        }
    }

    /// <summary>A traffic map as the service takes it.</summary>
    public static JsonObject WriteMap(MlTrafficMap map)
    {
        JsonObject written = [];
        foreach ((string name, int weight) in map.Pairs())
        {
            written[name] = weight;
        }

        return written;
    }

    /// <summary>An authentication mode in the service's spelling.</summary>
    public static string WriteAuthMode(MlAuthMode mode) => mode switch
    {
        MlAuthMode.AmlToken => "AMLToken",
        MlAuthMode.AadToken => "AADToken",
        _ => "Key",
    };

    /// <summary>True where an endpoint runs on a Kubernetes cluster.</summary>
    public static bool IsKubernetes(JsonObject endpoint) => !string.IsNullOrEmpty(endpoint.Object("properties").Text("compute"));

    /// <summary>Refuses a kind of identity that does not go with the ids.</summary>
    public static void CheckIdentity(string endpointName, string? type, IReadOnlyList<string>? userAssigned)
    {
        bool named = userAssigned is { Count: > 0 };
        if (type is not null && type.Contains("UserAssigned", StringComparison.OrdinalIgnoreCase) != named)
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict,
                $"The identity of endpoint {endpointName} cannot be {type} {(named ? "with" : "without")} user-assigned identities. Nothing was changed.")
            {
                Target = endpointName,
                RecommendedAction = named ? "Say -IdentityType UserAssigned, or SystemAssigned, UserAssigned for both." : "Name them with -UserAssignedIdentity.",
            };
        }
    }

    /// <summary>An identity as the service takes it.</summary>
    /// <param name="type">In the service's spelling; null for what the ids imply.</param>
    /// <param name="userAssigned">Resource ids of user-assigned identities.</param>
    public static JsonObject WriteIdentity(string? type, IReadOnlyList<string> userAssigned)
    {
        JsonObject identity = new() { ["type"] = type ?? (userAssigned.Count == 0 ? "SystemAssigned" : "UserAssigned") };
        if (userAssigned.Count > 0)
        {
            JsonObject ids = [];
            foreach (string id in userAssigned)
            {
                ids[id] = new JsonObject();
            }

            identity["userAssignedIdentities"] = ids;
        }

        return identity;
    }
}
