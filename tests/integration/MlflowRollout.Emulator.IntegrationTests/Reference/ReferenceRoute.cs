using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.IntegrationTests.Reference;

/// <summary>One operation of the service as the list of routes has it.</summary>
/// <param name="Section">Where the service's interface is described; groups the list.</param>
/// <param name="Name">The service's name of the operation, or of the metric.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">With places in braces for what a run fills in.</param>
/// <param name="Plane">Null for the control plane; <c>scoring</c> or <c>kubernetes</c> with a key; <c>open</c> without anything.</param>
/// <param name="Body">What is sent; a text is sent as it is.</param>
/// <param name="ApiVersion">Version of the provider; null for the tests' usual one.</param>
internal sealed record ReferenceRoute(string Section, string Name, string Method, string Path, JsonNode? Body = null, string? Plane = null, string? ApiVersion = null)
{
    private const string Begin = "<!-- routes that are not served -->";
    private const string End = "<!-- end of routes -->";

    /// <summary>Every route that is known, in an order in which they can be called.</summary>
    public static IReadOnlyList<ReferenceRoute> All { get; } = JsonSerializer.Deserialize<ReferenceRoute[]>(
        File.ReadAllText(System.IO.Path.Combine(RepositoryPaths.Root, "tests", "integration", "MlflowRollout.Emulator.IntegrationTests", "Reference", "routes.json")),
        JsonSerializerOptions.Web)!;

    /// <summary>The request as the list of differences writes it.</summary>
    public string Request => $"{Method} {Path}";

    /// <summary>Names and requests of what docs/emulator-differences.md lists as not served.</summary>
    public static IReadOnlyDictionary<string, string> NotServed()
    {
        string text = File.ReadAllText(System.IO.Path.Combine(RepositoryPaths.Root, "docs", "emulator-differences.md"));
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        return text[(begin + Begin.Length)..end].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[2].Trim('`'), StringComparer.Ordinal);
    }
}
