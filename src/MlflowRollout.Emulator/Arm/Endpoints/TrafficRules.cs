using System.Globalization;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>What the service asks of live and mirrored weights.</summary>
internal static class TrafficRules
{
    /// <param name="before">The endpoint as it is; null when it is created.</param>
    /// <param name="deployments">All deployments of the endpoint.</param>
    public static void Check(
        Dictionary<string, int> traffic,
        Dictionary<string, int> mirror,
        ResourceRecord? before,
        IReadOnlyList<ResourceRecord> deployments,
        bool kubernetes,
        List<(string Field, string Reason)> errors)
    {
        int sum = traffic.Values.Sum();
        if (sum is not (0 or 100))
        {
            errors.Add(("Traffic", $"The weights must sum to 100, or to 0 to serve nothing by weight. They sum to {sum.ToString(CultureInfo.InvariantCulture)}: {TrafficMap.Describe(traffic)}."));
        }

        CheckNames(traffic, "Traffic", deployments, errors);
        CheckNames(mirror, "MirrorTraffic", deployments, errors);
        CheckReady(traffic, "Traffic", TrafficMap.ReadStored(before?.Body, "traffic"), deployments, errors);
        CheckReady(mirror, "MirrorTraffic", TrafficMap.ReadStored(before?.Body, "mirrorTraffic"), deployments, errors);
        CheckMirror(traffic, mirror, kubernetes, errors);
    }

    private static void CheckNames(Dictionary<string, int> weights, string field, IReadOnlyList<ResourceRecord> deployments, List<(string Field, string Reason)> errors)
    {
        foreach (string name in weights.Keys.Where(name => !deployments.Any(deployment => Same(deployment, name))))
        {
            string known = deployments.Count == 0
                ? "The endpoint has no deployment: create it first, then set its traffic."
                : $"The endpoint has: {string.Join(", ", deployments.Select(deployment => deployment.Name))}.";
            errors.Add((field, $"The deployment '{name}' does not exist in this endpoint. {known}"));
        }
    }

    /// <summary>Weight may stay or fall at any time; it may rise only on a deployment that has succeeded.</summary>
    private static void CheckReady(
        Dictionary<string, int> weights,
        string field,
        Dictionary<string, int> before,
        IReadOnlyList<ResourceRecord> deployments,
        List<(string Field, string Reason)> errors)
    {
        foreach ((string name, int weight) in weights)
        {
            ResourceRecord? deployment = deployments.FirstOrDefault(deployment => Same(deployment, name));
            if (deployment is not null && deployment.State != ProvisioningStates.Succeeded && weight > before.GetValueOrDefault(name))
            {
                errors.Add((field, $"The deployment '{name}' is in state {deployment.State} and cannot take more traffic. Wait until it has Succeeded."));
            }
        }
    }

    private static void CheckMirror(Dictionary<string, int> traffic, Dictionary<string, int> mirror, bool kubernetes, List<(string Field, string Reason)> errors)
    {
        List<KeyValuePair<string, int>> mirrored = [.. mirror.Where(pair => pair.Value > 0)];
        if (mirrored.Count == 0)
        {
            return;
        }

        if (kubernetes)
        {
            errors.Add(("MirrorTraffic", "Mirrored traffic is not available for Kubernetes online endpoints."));
        }

        if (mirrored.Count > 1)
        {
            errors.Add(("MirrorTraffic", $"Only one deployment can receive mirrored traffic, not {TrafficMap.Describe(mirrored)}."));
        }

        foreach ((string name, int weight) in mirrored)
        {
            if (weight > 50)
            {
                errors.Add(("MirrorTraffic", $"Mirrored traffic can be 50 percent at most, not {weight.ToString(CultureInfo.InvariantCulture)} for '{name}'."));
            }

            if (traffic.GetValueOrDefault(name) > 0)
            {
                errors.Add(("MirrorTraffic", $"The deployment '{name}' can receive live traffic or mirrored traffic, not both."));
            }
        }
    }

    private static bool Same(ResourceRecord deployment, string name) => deployment.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
