using MlflowRollout.Definitions;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Definitions of endpoints, and of weights alone.</summary>
internal static class EndpointDefinitions
{
    /// <summary>Checks the rules beyond the key table and makes the definition.</summary>
    public static MlEndpointDefinition Map(DefinitionScope scope, DefinitionNode node, MlComputeType kind)
    {
        AssetReferences.CheckName(scope, node.Item("name"), "endpoint");
        if (node.Item("compute") is { Text: { } written } compute && !AssetReferences.IsCompute(written))
        {
            scope.Findings.Add(compute, $"'compute' is '{written}', which is no compute: write azureml:<name>, or its resource id");
        }

        (string? identityType, List<string>? identities) = Identity(scope, node.Child("identity"));
        return new MlEndpointDefinition
        {
            Path = scope.File,
            Name = node.Text("name"),
            Description = node.Text("description"),
            Tags = node.Texts("tags"),
            Properties = node.Texts("properties"),
            AuthMode = node.Choice("auth_mode") switch
            {
                "key" => MlAuthMode.Key,
                "aml_token" => MlAuthMode.AmlToken,
                "aad_token" => MlAuthMode.AadToken,
                _ => null,
            },
            Compute = node.Text("compute"),
            IdentityType = identityType,
            UserAssignedIdentities = identities,
            Traffic = Weights(node, "traffic"),
            MirrorTraffic = CheckedMirror(scope, node, kind),
            PublicNetworkAccess = Access(node.Choice("public_network_access")),
            Notes = scope.Notes,
        };
    }

    /// <summary>The weights of a file that has nothing else of interest.</summary>
    public static MlEndpointDefinition MapTraffic(DefinitionScope scope, DefinitionNode node, MlComputeType kind)
    {
        AssetReferences.CheckName(scope, node.Item("name"), "endpoint");
        MlEndpointDefinition definition = new()
        {
            Path = scope.File,
            Name = node.Text("name"),
            Traffic = Weights(node, "traffic"),
            MirrorTraffic = CheckedMirror(scope, node, kind),
            Notes = scope.Notes,
        };
        if (definition is { Traffic: null, MirrorTraffic: null } && scope.Findings.IsEmpty)
        {
            scope.Findings.Add(node.At, "there are no weights: write traffic, as in {\"traffic\": {\"blue\": 90, \"green\": 10}}, or mirror_traffic");
        }

        return definition;
    }

    /// <summary>Enabled or disabled.</summary>
    public static MlPublicNetworkAccess? Access(string? choice) => choice switch
    {
        "enabled" => MlPublicNetworkAccess.Enabled,
        "disabled" => MlPublicNetworkAccess.Disabled,
        _ => null,
    };

    private static MlTrafficMap? Weights(DefinitionNode node, string key)
    {
        if (node.Item(key)?.Map is not { } map)
        {
            return null;
        }

        MlTrafficMap weights = [];
        foreach ((string name, YamlItem value) in map)
        {
            weights[name] = (int)Math.Clamp(YamlScalar.Whole(value) ?? 0, 0, 100);
        }

        return weights;
    }

    private static MlTrafficMap? CheckedMirror(DefinitionScope scope, DefinitionNode node, MlComputeType kind)
    {
        if (Weights(node, "traffic") is { Total: not (0 or 100) } traffic && node.Item("traffic")!.Map!.Values.All(value => YamlScalar.Whole(value) is not null))
        {
            scope.Findings.Add(node.Place("traffic"), $"the weights of 'traffic' add up to {traffic.Total}; they must add up to 100, or all be 0");
        }

        MlTrafficMap? mirror = Weights(node, "mirror_traffic");
        string[] mirrored = [.. (mirror ?? []).Pairs().Where(pair => pair.Value > 0).Select(pair => pair.Key)];
        if (mirrored.Length > 1)
        {
            scope.Findings.Add(node.Place("mirror_traffic"), $"'mirror_traffic' names {mirrored.Length} deployments; traffic is mirrored to one at most");
        }

        if (mirrored.Length > 0 && kind == MlComputeType.Kubernetes)
        {
            scope.Findings.Add(node.Place("mirror_traffic"), "'mirror_traffic' is for managed endpoints only, and this is a Kubernetes one");
        }

        foreach (string name in mirrored.Where(name => Weights(node, "traffic")?.WeightOf(name) > 0))
        {
            scope.Findings.Add(node.Place("mirror_traffic"), $"'{name}' has live traffic, and a deployment gets live or mirrored traffic, not both");
        }

        return mirror;
    }

    private static (string? Type, List<string>? Identities) Identity(DefinitionScope scope, DefinitionNode? node)
    {
        if (node is null)
        {
            return (null, null);
        }

        List<string>? identities = null;
        foreach (YamlItem entry in node.List("user_assigned_identities") ?? [])
        {
            YamlItem? id = entry.Map is null ? entry : entry["resource_id"];
            if (id?.Text is { } text)
            {
                (identities ??= []).Add(text);
                if (!AssetReferences.IsIdentity(text))
                {
                    scope.Findings.Add(id, $"'{text}' is no resource id of a user-assigned identity (/subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>)");
                }
            }
        }

        string type = node.Choice("type") ?? "system_assigned";
        bool assigned = type.Contains("user", StringComparison.Ordinal);
        if (assigned && identities is null)
        {
            scope.Findings.Add(node.Place("type"), $"the identity is {type}, and 'user_assigned_identities' names none");
        }
        else if (!assigned && identities is not null)
        {
            scope.Findings.Add(node.Place("user_assigned_identities"), $"the identity is {type}, so it has no 'user_assigned_identities'; write type: user_assigned");
        }

        string written = type switch
        {
            "user_assigned" => "UserAssigned",
            "system_assigned,user_assigned" => "SystemAssigned,UserAssigned",
            "none" => "None",
            _ => "SystemAssigned",
        };
        return (written, identities);
    }
}
