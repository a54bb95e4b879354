using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Examples.Tests;

/// <summary>What a model says of one row.</summary>
internal sealed record Answer(long Label, IReadOnlyList<double> Probabilities)
{
    /// <summary>The committed answers of a pickled pipeline, by the name of their file.</summary>
    public static IReadOnlyList<Answer> ReadExpected(string name)
    {
        using JsonDocument answers = JsonDocument.Parse(File.ReadAllText(Path.Combine(ExampleModels.HeartClassifier, "expected", name + ".json")));
        return [.. answers.RootElement.EnumerateArray().Select(static answer => new Answer(
            answer.GetProperty("label").GetInt64(),
            [.. answer.GetProperty("probabilities").EnumerateArray().Select(static value => value.GetDouble())]))];
    }

    /// <summary>The share of rows on which two models differ.</summary>
    public static double Disagreement(IReadOnlyList<Answer> first, IReadOnlyList<Answer> second)
    {
        Assert.Equal(first.Count, second.Count);
        return first.Zip(second).Count(static pair => pair.First.Label != pair.Second.Label) / (double)first.Count;
    }
}
