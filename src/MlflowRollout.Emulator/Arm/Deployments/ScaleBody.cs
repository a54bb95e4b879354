using System.Globalization;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>How a deployment scales: by its count of instances, or between two bounds on Kubernetes.</summary>
internal static class ScaleBody
{
    private const string Path = "properties.scaleSettings";
    private static readonly string[] ManagedTypes = ["Default", "TargetUtilization"];
    private static readonly string[] KubernetesTypes = ["TargetUtilization", "Default"];

    public static void Fill(JsonObject sent, bool kubernetes, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        JsonObject? asked = sent.OptionalObject("scaleSettings", Path);
        JsonObject settings = asked?.DeepClone().AsObject() ?? [];
        string type = KnownWord.Read(settings, "scaleType", $"{Path}.scaleType", "ScaleSettings.ScaleType", kubernetes ? KubernetesTypes : ManagedTypes, errors);
        ResourceBody.Set(settings, "scaleType", type);
        if (type == "TargetUtilization")
        {
            if (!kubernetes)
            {
                errors.Add(("ScaleSettings.ScaleType", "Managed online deployments support the scale type Default only. Scale them by sku.capacity, or by autoscale rules of Azure Monitor."));
            }

            Bounds(settings, errors);
        }

        ResourceBody.Set(properties, "scaleSettings", settings);
    }

    /// <summary>How many instances run: as many as the capacity says, within the bounds.</summary>
    public static int InstanceCount(JsonObject body)
    {
        int capacity = body["sku"]!["capacity"]!.GetValue<int>();
        JsonNode settings = body["properties"]!["scaleSettings"]!;
        return settings["scaleType"]!.GetValue<string>() == "TargetUtilization"
            ? Math.Max(settings["minInstances"]!.GetValue<int>(), Math.Min(capacity, settings["maxInstances"]!.GetValue<int>()))
            : capacity;
    }

    private static void Bounds(JsonObject settings, List<(string Field, string Reason)> errors)
    {
        int least = settings.OptionalInteger("minInstances", $"{Path}.minInstances") ?? 1;
        int most = settings.OptionalInteger("maxInstances", $"{Path}.maxInstances") ?? Math.Max(1, least);
        int target = settings.OptionalInteger("targetUtilizationPercentage", $"{Path}.targetUtilizationPercentage") ?? 70;
        if (least < 1)
        {
            errors.Add(("ScaleSettings.MinInstances", $"The value {Text(least)} must be 1 or more."));
        }

        if (most < least)
        {
            errors.Add(("ScaleSettings.MaxInstances", $"The value {Text(most)} must not be below minInstances, which is {Text(least)}."));
        }

        if (target is < 1 or > 100)
        {
            errors.Add(("ScaleSettings.TargetUtilizationPercentage", $"The value {Text(target)} must be 1 to 100."));
        }

        ResourceBody.Set(settings, "minInstances", least);
        ResourceBody.Set(settings, "maxInstances", most);
        ResourceBody.Set(settings, "targetUtilizationPercentage", target);
        IsoDuration.Fill(settings, settings, "pollingInterval", "PT1S", Path);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
