using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>What is collected of requests and replies: stored with the service's defaults, and without effect here.</summary>
internal static class DataCollectorBody
{
    private const string Path = "properties.dataCollector";
    private static readonly string[] Modes = ["Disabled", "Enabled"];
    private static readonly string[] Rates = ["Hour", "Year", "Month", "Day", "Minute"];

    public static void Fill(JsonObject sent, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        JsonObject? asked = sent.OptionalObject("dataCollector", Path);
        if (asked is null)
        {
            ResourceBody.Set(properties, "dataCollector", null);
            return;
        }

        JsonObject collector = asked.DeepClone().AsObject();
        JsonObject collections = [];
        foreach ((string name, _) in asked.OptionalObject("collections", $"{Path}.collections") ?? [])
        {
            collections[name] = Collection(asked.OptionalObject("collections", $"{Path}.collections")!, name, errors);
        }

        if (collections.Count == 0)
        {
            errors.Add(("DataCollector.Collections", "A data collector needs at least one collection."));
        }

        ResourceBody.Set(collector, "collections", collections);
        ResourceBody.Set(collector, "rollingRate", KnownWord.Read(asked, "rollingRate", $"{Path}.rollingRate", "DataCollector.RollingRate", Rates, errors));
        ResourceBody.Set(collector, "requestLogging", RequestLogging(asked));
        ResourceBody.Set(properties, "dataCollector", collector);
    }

    private static JsonObject Collection(JsonObject all, string name, List<(string Field, string Reason)> errors)
    {
        string path = $"{Path}.collections.{name}";
        JsonObject asked = all.OptionalObject(name, path) ?? [];
        JsonObject collection = asked.DeepClone().AsObject();
        ResourceBody.Set(collection, "clientId", asked.OptionalText("clientId", $"{path}.clientId"));
        ResourceBody.Set(collection, "dataId", asked.OptionalText("dataId", $"{path}.dataId"));
        ResourceBody.Set(collection, "dataCollectionMode", KnownWord.Read(asked, "dataCollectionMode", $"{path}.dataCollectionMode", $"DataCollector.Collections.{name}.DataCollectionMode", Modes, errors));
        double rate = asked.Member("samplingRate") switch
        {
            null => 1,
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<double>(),
            _ => throw ArmJson.WrongType($"{path}.samplingRate", "a number"),
        };
        if (rate is not (>= 0 and <= 1))
        {
            errors.Add(($"DataCollector.Collections.{name}.SamplingRate", $"The sampling rate {asked.Member("samplingRate")!.ToJsonString()} must be 0 to 1."));
        }

        ResourceBody.Set(collection, "samplingRate", rate);
        return collection;
    }

    private static JsonObject? RequestLogging(JsonObject asked)
    {
        JsonObject? logging = asked.OptionalObject("requestLogging", $"{Path}.requestLogging");
        if (logging?.Member("captureHeaders") is { } headers
            && (headers is not JsonArray list || list.Any(header => header?.GetValueKind() != JsonValueKind.String)))
        {
            throw ArmJson.WrongType($"{Path}.requestLogging.captureHeaders", "a list of header names");
        }

        return logging?.DeepClone().AsObject();
    }
}
