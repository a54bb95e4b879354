using System.Collections;
using System.Globalization;

namespace MlflowRollout.Engine.Traffic;

/// <summary>The service's rules of weights, checked before any call.</summary>
internal static class TrafficRules
{
    /// <summary>Largest share of requests that may be mirrored, in percent.</summary>
    public const int LargestMirror = 50;

    /// <summary>Checks live weights.</summary>
    public static void CheckLive(string endpointName, MlTrafficMap live)
    {
        CheckWeights(endpointName, "live", live);
        int total = live.Total;
        if (total is not (0 or TrafficArithmetic.Whole))
        {
            throw Invalid(
                endpointName,
                string.Create(CultureInfo.InvariantCulture, $"the live weights '{live}' sum to {total}. Live weights sum to 100, or are all 0 to take the endpoint out of service"),
                string.Create(CultureInfo.InvariantCulture, $"Change them by {TrafficArithmetic.Whole - total:+0;-0} in all, or give one deployment with -Weight: the rest is then shared by the others."));
        }
    }

    /// <summary>Checks mirrored weights by themselves.</summary>
    public static void CheckMirror(string endpointName, MlTrafficMap mirror)
    {
        CheckWeights(endpointName, "mirrored", mirror);
        KeyValuePair<string, int>[] mirrored = [.. mirror.Pairs().Where(pair => pair.Value > 0)];
        if (mirrored.Length > 1)
        {
            throw Invalid(endpointName, $"'{mirror}' mirrors to {mirrored.Length} deployments. Requests are mirrored to one deployment at most", "Name one deployment, or an empty map to turn mirroring off.");
        }

        if (mirrored.Length == 1 && mirrored[0].Value > LargestMirror)
        {
            throw Invalid(endpointName, $"'{mirror}' mirrors more than {LargestMirror} % of the requests. At most {LargestMirror} % are mirrored", $"Give a weight from 0 to {LargestMirror}.");
        }
    }

    /// <summary>Refuses mirrored weights: a Kubernetes endpoint mirrors nothing.</summary>
    public static void CheckNoMirror(string endpointName, MlTrafficMap? mirror)
    {
        if (mirror?.Pairs().Any(pair => pair.Value > 0) == true)
        {
            throw Invalid(endpointName, $"'{mirror}' mirrors requests, and a Kubernetes endpoint cannot do that", "Leave -MirrorTraffic out, and prove the deployment by calling it by name (Invoke-MlEndpoint -Deployment).");
        }
    }

    /// <summary>Checks that no deployment has both.</summary>
    public static void CheckBoth(string endpointName, MlTrafficMap live, MlTrafficMap mirror)
    {
        foreach ((string name, int weight) in mirror.Pairs())
        {
            if (weight > 0 && live.WeightOf(name) > 0)
            {
                throw Invalid(
                    endpointName,
                    $"deployment '{name}' would get live traffic ({live.WeightOf(name)} %) and mirrored traffic ({weight} %). A deployment gets one or the other",
                    "Turn mirroring off in the same call with -MirrorTraffic @{}, or leave its live weight at 0.");
            }
        }
    }

    /// <summary>The error for weights that break a rule.</summary>
    public static MlValidationException Invalid(string endpointName, string rule, string wayOut) => new(
        MlErrorIds.TrafficWeightsInvalid, $"The traffic of endpoint {endpointName} cannot be set: {rule}. Nothing was changed.")
    {
        Target = endpointName,
        RecommendedAction = wayOut,
    };

    private static void CheckWeights(string endpointName, string kind, MlTrafficMap map)
    {
        foreach (DictionaryEntry entry in map)
        {
            if (!TryReadWeight(entry.Value, out int weight))
            {
                throw Invalid(endpointName, $"the {kind} weight '{Convert.ToString(entry.Value, CultureInfo.InvariantCulture)}' of deployment '{entry.Key}' is no whole number. Weights are whole percents", "Give whole numbers from 0 to 100.");
            }

            if (weight is < 0 or > TrafficArithmetic.Whole)
            {
                throw Invalid(endpointName, $"the {kind} weight {weight} of deployment '{entry.Key}' is not from 0 to 100", "Give whole numbers from 0 to 100.");
            }
        }
    }

    private static bool TryReadWeight(object? value, out int weight)
    {
        weight = 0;
        try
        {
            decimal number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
            if (value is null || decimal.Truncate(number) != number)
            {
                return false;
            }

            weight = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException)
        {
            return false;
        }
    }
}
