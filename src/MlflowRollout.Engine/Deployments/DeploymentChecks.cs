using System.Globalization;
using System.Text.RegularExpressions;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>The service's rules and limits of a deployment's settings, checked before any call.</summary>
internal static partial class DeploymentChecks
{
    private const int MostInstances = 50;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan LongestKubernetesRequest = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(300);
    private static readonly string[] RollingRates = ["Year", "Month", "Day", "Hour", "Minute"];

    /// <summary>Checks what needs no call.</summary>
    public static void Check(string name, MlDeploymentSettings settings, bool isKubernetes)
    {
        if (settings.ComputeType is { } asked && asked == MlComputeType.Kubernetes != isKubernetes)
        {
            throw Invalid(name, $"it is defined as a {asked} deployment, and the endpoint is {(isKubernetes ? "a Kubernetes one" : "managed")}", "Correct 'type' in the definition file, or take another endpoint.");
        }

        if (settings.InstanceCount is < 1 || (!isKubernetes && settings.InstanceCount > MostInstances))
        {
            throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"the instance count {settings.InstanceCount} is not from 1 to {MostInstances}"), "Give -InstanceCount a value in that range.");
        }

        TimeSpan longest = isKubernetes ? LongestKubernetesRequest : LongestRequest;
        if (settings.RequestTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > longest))
        {
            throw Invalid(name, string.Create(CultureInfo.InvariantCulture, $"the request time-out {timeout.TotalSeconds} s is not above 0 and at most {longest.TotalSeconds} s"), "Give -RequestTimeout a value in that range.");
        }

        if (settings.MaxConcurrentRequestsPerInstance is < 1)
        {
            throw Invalid(name, "an instance takes at least one request at a time", "Give -MaxConcurrentRequestsPerInstance 1 or more.");
        }

        foreach ((string kind, MlProbe? probe) in new[] { ("liveness", settings.LivenessProbe), ("readiness", settings.ReadinessProbe), ("startup", settings.StartupProbe) })
        {
            if (probe?.Period >= LongestProbe || probe?.Timeout >= LongestProbe)
            {
                throw Invalid(name, $"period and time-out of the {kind} probe must be below 300 s", "Give smaller values.");
            }
        }

        if (settings.Scale is { } scale)
        {
            CheckScale(name, scale, isKubernetes);
        }

        if (settings.Resources is { } resources)
        {
            CheckResources(name, resources, isKubernetes);
        }

        CheckCollector(name, settings);
    }

    private static void CheckScale(string name, MlScaleSettings scale, bool isKubernetes)
    {
        if (!scale.TargetUtilization)
        {
            if ((scale.MinInstances ?? scale.MaxInstances ?? scale.TargetUtilizationPercentage) is not null || scale.PollingInterval is not null)
            {
                throw Invalid(name, "scale settings of type Default have no further values", "Give -InstanceCount, or scale settings of type TargetUtilization.");
            }

            return;
        }

        if (!isKubernetes)
        {
            throw Invalid(
                name,
                "a managed deployment takes scale settings of type Default only",
                "Give -InstanceCount, and let Azure Monitor's autoscale change it; TargetUtilization is for Kubernetes endpoints.");
        }

        string? broken = scale switch
        {
            { MinInstances: < 1 } or { MaxInstances: < 1 } => "instances are counted from 1",
            { MinInstances: { } least } when least > (scale.MaxInstances ?? 1) =>
                string.Create(CultureInfo.InvariantCulture, $"at least {least} instances are more than at most {scale.MaxInstances ?? 1}"),
            { TargetUtilizationPercentage: < 1 or > 100 } => "the utilization to aim for is a percentage from 1 to 100",
            { PollingInterval: { } interval } when interval < TimeSpan.FromSeconds(1) => "the polling interval is at least one second",
            _ => null,
        };
        if (broken is not null)
        {
            throw Invalid(name, broken, "Correct the scale settings.");
        }
    }

    private static void CheckResources(string name, MlContainerResources resources, bool isKubernetes)
    {
        if (!isKubernetes)
        {
            throw Invalid(name, "resources of a container are for Kubernetes endpoints; a managed deployment has those of its instance type", "Leave them out and give -InstanceType.");
        }

        foreach ((string what, string? requested, string? limit, bool whole) in new[]
        {
            ("cpu", resources.RequestedCpu, resources.CpuLimit, false),
            ("memory", resources.RequestedMemory, resources.MemoryLimit, false),
            ("gpu", resources.RequestedGpu, resources.GpuLimit, true),
        })
        {
            double? asked = Quantity(name, what, requested, whole);
            double? most = Quantity(name, what, limit, whole);
            if (asked > most)
            {
                throw Invalid(name, $"the container asks for more {what} ({requested}) than its limit ({limit})", "Give a limit that is not below what is asked for.");
            }
        }
    }

    private static double? Quantity(string name, string what, string? text, bool whole)
    {
        if (text is null)
        {
            return null;
        }

        Match match = QuantityRule().Match(text);
        if (!match.Success || (whole && !text.All(char.IsAsciiDigit)))
        {
            throw Invalid(name, $"'{text}' is no quantity of {what}", whole ? "Give a whole number, such as 1." : "Give a Kubernetes quantity, such as 0.5, 500m or 1Gi.");
        }

        double factor = match.Groups["unit"].Value switch
        {
            "m" => 1e-3,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "P" => 1e15,
            "E" => 1e18,
            "Ki" => 1024,
            "Mi" => 1024 * 1024,
            "Gi" => Math.Pow(1024, 3),
            "Ti" => Math.Pow(1024, 4),
            "Pi" => Math.Pow(1024, 5),
            "Ei" => Math.Pow(1024, 6),
            _ => 1,
        };
        return double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * factor;
    }

    private static void CheckCollector(string name, MlDeploymentSettings settings)
    {
        if (settings.DataCollectorSamplingRate is < 0 or > 1
            || settings.DataCollector?.SamplingRate is < 0 or > 1
            || settings.DataCollector?.Collections.Values.Any(collection => collection.SamplingRate is < 0 or > 1) == true)
        {
            throw Invalid(name, "the sampling rate of the data collector is a share from 0 to 1", "Give a value in that range.");
        }

        if (settings.DataCollector?.RollingRate is { } rate && !RollingRates.Contains(rate, StringComparer.OrdinalIgnoreCase))
        {
            throw Invalid(name, $"'{rate}' is no rolling rate of the data collector", $"Give one of {string.Join(", ", RollingRates)}.");
        }

        if (settings.DataCollector?.CaptureHeaders?.FirstOrDefault(header => !HeaderRule().IsMatch(header)) is { } bad)
        {
            throw Invalid(name, $"'{bad}' is no name of a header", "Give names of request headers, such as x-ms-client-request-id.");
        }
    }

    private static MlValidationException Invalid(string name, string rule, string wayOut) =>
        new(MlErrorIds.ParameterInvalid, $"Deployment {name} cannot be made so: {rule}. Nothing was changed.") { Target = name, RecommendedAction = wayOut };

    [GeneratedRegex(@"\A(?<number>[0-9]+(?:\.[0-9]+)?)(?<unit>m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?\z")]
    private static partial Regex QuantityRule();

    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\z")]
    private static partial Regex HeaderRule();
}
