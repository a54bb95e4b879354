using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>The module sends what azure-ai-ml sends for the same definitions; what differs is listed with its reason.</summary>
public sealed class ComparisonTests
{
    [SkippableFact]
    public async Task Requests_ForTheSameDefinitions_DifferAsListed() => ClientComparison.AssertListed(await ClientComparison.CompareAsync(
        ["model", "managed", "scripted", "kubernetes", "removal"],
        ["compared-by-parameter.ps1", "compared-by-file.ps1"]));

    [Fact]
    public void Document_OfTheDifferences_HasTheList()
    {
        string[] document = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "docs", "design", "009-official-client-comparison.md"));

        Assert.Equal(JustifiedDifference.All.Select(static entry => entry.Row()), document.Where(static line => line.StartsWith("| `", StringComparison.Ordinal)));
    }
}
