using System.Globalization;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Traffic;

/// <summary>Both maps as a change would leave them; pure.</summary>
/// <param name="Live">Live weights, with explicit zeros for names known from the old maps.</param>
/// <param name="Mirror">Mirrored weights.</param>
internal sealed record TrafficPlan(MlTrafficMap Live, MlTrafficMap Mirror)
{
    /// <summary>Checks what can be checked without reading anything.</summary>
    public static void CheckChange(MlTrafficChange change)
    {
        string endpoint = change.EndpointName;
        if (change.Traffic is not null && (change.DeploymentName is not null || change.Weight is not null))
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, "Either -Traffic or a deployment with -Weight sets the live weights, not both.") { Target = endpoint };
        }

        if (change.DeploymentName is null != change.Weight is null)
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, "A deployment and -Weight belong together.") { Target = endpoint };
        }

        if (change.Traffic is null && change.Weight is null && change.MirrorTraffic is null)
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "Nothing to set: give -Traffic, -MirrorTraffic, or a deployment with -Weight.") { Target = endpoint };
        }

        if (change.Weight is < 0 or > TrafficArithmetic.Whole)
        {
            throw TrafficRules.Invalid(
                endpoint,
                string.Create(CultureInfo.InvariantCulture, $"the weight {change.Weight} of deployment '{change.DeploymentName}' is not from 0 to 100"),
                "Give a whole number from 0 to 100.");
        }

        if (change.Traffic is { } live)
        {
            TrafficRules.CheckLive(endpoint, live);
        }

        if (change.MirrorTraffic is { } mirror)
        {
            TrafficRules.CheckMirror(endpoint, mirror);
        }

        if (change is { Traffic: { } both, MirrorTraffic: { } with })
        {
            TrafficRules.CheckBoth(endpoint, both, with);
        }
    }

    /// <summary>The maps that a change makes of the current ones.</summary>
    public static TrafficPlan Make(MlTrafficChange change, MlTrafficMap live, MlTrafficMap mirror)
    {
        MlTrafficMap newLive = change switch
        {
            { Traffic: { } whole } => Replaced(live, whole),
            { Weight: { } weight } => TrafficArithmetic.WithWeight(live, change.DeploymentName!, weight)
                ?? throw TrafficRules.Invalid(
                    change.EndpointName,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"with {change.DeploymentName} at {weight} % the other {TrafficArithmetic.Whole - weight} % would go to nobody, since no other deployment has live traffic to share them in proportion"),
                    $"Give {change.DeploymentName} -Weight 100, or name all weights with -Traffic."),
            _ => live,
        };
        MlTrafficMap newMirror = change.MirrorTraffic is { } mirrored ? Named(mirrored, live) : mirror;
        TrafficRules.CheckBoth(change.EndpointName, newLive, newMirror);
        return new TrafficPlan(newLive, newMirror);
    }

    /// <summary>Names that would get traffic, live or mirrored, and have none of that kind now: their deployments are looked at first.</summary>
    public IEnumerable<string> Newcomers(MlTrafficMap live, MlTrafficMap mirror) =>
        Live.Pairs().Where(pair => pair.Value > 0 && live.WeightOf(pair.Key) == 0).Select(pair => pair.Key)
            .Concat(Mirror.Pairs().Where(pair => pair.Value > 0 && mirror.WeightOf(pair.Key) == 0 && live.WeightOf(pair.Key) == 0).Select(pair => pair.Key))
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes over the spelling of names as the service stores them.</summary>
    public TrafficPlan Respelled(IReadOnlyDictionary<string, string> spelling) => new(Respell(Live, spelling), Respell(Mirror, spelling));

    /// <summary>What is done, for questions: <c>Set traffic blue=90 green=10</c>.</summary>
    public string Describe(MlTrafficMap live, MlTrafficMap mirror)
    {
        List<string> parts = [];
        if (!Live.HasSameWeights(live) || Mirror.HasSameWeights(mirror))
        {
            parts.Add($"Set traffic {(Live.Count == 0 ? "none" : Live.ToString())}");
        }

        if (!Mirror.HasSameWeights(mirror))
        {
            parts.Add($"{(parts.Count == 0 ? "Set" : "set")} mirror traffic {(Mirror.Total == 0 ? "off" : Mirror.ToString())}");
        }

        return string.Join(", ", parts);
    }

    // Names that are known and not given get an explicit 0; the order of the old map comes first.
    private static MlTrafficMap Replaced(MlTrafficMap old, MlTrafficMap whole)
    {
        MlTrafficMap result = [];
        foreach ((string name, int _) in old.Pairs())
        {
            result[name] = whole.WeightOf(name);
        }

        foreach ((string name, int weight) in whole.Pairs())
        {
            result[name] = weight;
        }

        return result;
    }

    private static MlTrafficMap Named(MlTrafficMap given, MlTrafficMap known)
    {
        Dictionary<string, string> spelling = known.Pairs().ToDictionary(pair => pair.Key, pair => pair.Key, StringComparer.OrdinalIgnoreCase);
        return Respell(new MlTrafficMap(given.Pairs().Where(pair => pair.Value > 0)), spelling);
    }

    private static MlTrafficMap Respell(MlTrafficMap map, IReadOnlyDictionary<string, string> spelling) =>
        new(map.Pairs().Select(pair => KeyValuePair.Create(spelling.TryGetValue(pair.Key, out string? stored) ? stored : pair.Key, pair.Value)));
}
