using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests;

/// <summary>The first rows of the example with the committed predictions of each model version.</summary>
internal static class ExampleRows
{
    private const int Count = 20;

    /// <summary>A scoring request of these rows.</summary>
    public static string Request()
    {
        string[][] lines = [.. File.ReadLines(ExampleModels.Rows).Take(Count + 1).Select(static line => line.Split(','))];
        JsonObject input = new()
        {
            ["columns"] = new JsonArray([.. lines[0].Select(static name => JsonValue.Create(name))]),
            ["index"] = new JsonArray([.. Enumerable.Range(0, Count).Select(static row => JsonValue.Create(row))]),
            ["data"] = new JsonArray([.. lines.Skip(1).Select(static cells => new JsonArray([.. cells.Select(Cell)]))]),
        };
        return new JsonObject { ["input_data"] = input }.ToJsonString();
    }

    /// <summary>The labels that a model version gives, as a service writes them.</summary>
    public static string Labels(int version)
    {
        string path = Path.Combine(ExampleModels.HeartClassifier, "expected", $"model-v{version}.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return "[" + string.Join(',', document.RootElement.EnumerateArray().Take(Count).Select(static row => row.GetProperty("label").GetRawText())) + "]";
    }

    private static JsonNode? Cell(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? JsonValue.Create(number)
        : JsonValue.Create(text);
}
