using System.IO.Enumeration;
using System.Text.Json;
using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>A difference that is meant, with its reason. <c>*</c> stands for any text, <c>\*</c> for an asterisk.</summary>
/// <param name="Request">The request.</param>
/// <param name="Member">The value that differs; empty for the request itself.</param>
/// <param name="Official">What the official client sends; null for nothing.</param>
/// <param name="Ours">What the module sends; null for nothing.</param>
/// <param name="Why">Why it is right.</param>
internal sealed record JustifiedDifference(string Request, string Member, string? Official, string? Ours, string Why)
{
    /// <summary>The list that is kept beside the tests.</summary>
    public static IReadOnlyList<JustifiedDifference> All { get; } = Read();

    /// <summary>Whether it stands for this difference.</summary>
    public bool Covers(Difference difference) =>
        Matches(Request, difference.Request) && Matches(Member, difference.Member) && Matches(Official, difference.Official) && Matches(Ours, difference.Ours);

    /// <summary>Its row in the document.</summary>
    public string Row() => $"| `{Request}` | {Cell(Member)} | {Cell(Official)} | {Cell(Ours)} | {Why} |";

    private static string Cell(string? text) => text is null ? "—" : text.Length == 0 ? "the request" : $"`{text}`";

    private static bool Matches(string? pattern, string? text) =>
        pattern == text || (pattern is not null && text is not null && FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false));

    private static JustifiedDifference[] Read() => JsonSerializer.Deserialize<JustifiedDifference[]>(
        File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "integration", "MlflowRollout.OfficialClients.IntegrationTests", "Comparison", "differences.json")),
        JsonSerializerOptions.Web)!;
}
