using System.Text.Json;
using MlflowRollout.Testing;

namespace MlflowRollout.Module.IntegrationTests;

/// <summary>The committed predictions for the example's synthetic rows.</summary>
internal static class ExpectedLabels
{
    /// <summary>Labels of a model version, one a row.</summary>
    public static IReadOnlyList<long> Of(int version)
    {
        string path = Path.Combine(ExampleModels.HeartClassifier, "expected", $"model-v{version}.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(row => row.GetProperty("label").GetInt64())];
    }
}
