using System.Globalization;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>The probes of a deployment: the service fills liveness and readiness, and start-up only where it is sent.</summary>
internal static class ProbeBody
{
    private const int Limit = 300;

    public static void Fill(JsonObject sent, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        Fill(sent, properties, "livenessProbe", "LivenessProbe", always: true, errors);
        Fill(sent, properties, "readinessProbe", "ReadinessProbe", always: true, errors);
        Fill(sent, properties, "startupProbe", "StartupProbe", always: false, errors);
    }

    private static void Fill(JsonObject sent, JsonObject properties, string name, string field, bool always, List<(string Field, string Reason)> errors)
    {
        string path = $"properties.{name}";
        JsonObject? asked = sent.OptionalObject(name, path);
        if (asked is null && !always)
        {
            return;
        }

        JsonObject source = asked ?? [];
        JsonObject probe = source.DeepClone().AsObject();
        ResourceBody.Set(probe, "failureThreshold", source.OptionalInteger("failureThreshold", $"{path}.failureThreshold") ?? 30);
        ResourceBody.Set(probe, "successThreshold", source.OptionalInteger("successThreshold", $"{path}.successThreshold") ?? 1);
        IsoDuration.Fill(source, probe, "initialDelay", "PT10S", path);
        TimeSpan period = IsoDuration.Fill(source, probe, "period", "PT10S", path);
        TimeSpan timeout = IsoDuration.Fill(source, probe, "timeout", "PT2S", path);
        Check(period, field, "Period", errors);
        Check(timeout, field, "Timeout", errors);
        ResourceBody.Set(properties, name, probe);
    }

    private static void Check(TimeSpan value, string probe, string what, List<(string Field, string Reason)> errors)
    {
        if (value.TotalSeconds >= Limit)
        {
            errors.Add((
                $"InferenceContainerConfiguration.ServingContainer.{probe}.{what}Seconds",
                $"Invalid value provided for {what} Seconds for Probe: <{value.TotalSeconds.ToString(CultureInfo.InvariantCulture)}>. The value should be less than {Limit.ToString(CultureInfo.InvariantCulture)}."));
        }
    }
}
