namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>Something that the two clients do not send alike.</summary>
/// <param name="Request">The request: method and path; from the second of the same name on with its number.</param>
/// <param name="Member">The value that differs; empty for the request itself.</param>
/// <param name="Official">What the official client sends; null for nothing.</param>
/// <param name="Ours">What the module sends; null for nothing.</param>
internal sealed record Difference(string Request, string Member, string? Official, string? Ours)
{
    /// <summary>Stands for a request that is sent.</summary>
    public const string Sent = "sent";

    /// <inheritdoc />
    public override string ToString() => $"{Request} | {Member} | {Official ?? "-"} | {Ours ?? "-"}";

    /// <summary>Compares two runs: requests that change something one by one, requests that only read by whether they are made at all.</summary>
    public static IReadOnlyList<Difference> Between(IReadOnlyList<NormalizedRequest> official, IReadOnlyList<NormalizedRequest> ours)
    {
        Dictionary<string, NormalizedRequest> theirs = Numbered(official);
        Dictionary<string, NormalizedRequest> own = Numbered(ours);
        List<Difference> found = [];
        foreach (string name in theirs.Keys.Union(own.Keys).Order(StringComparer.Ordinal))
        {
            NormalizedRequest? left = theirs.GetValueOrDefault(name);
            NormalizedRequest? right = own.GetValueOrDefault(name);
            if (left is null || right is null)
            {
                found.Add(new Difference(name, string.Empty, left is null ? null : Sent, right is null ? null : Sent));
            }
            else if (left.Changes)
            {
                found.AddRange(left.Members.Keys.Union(right.Members.Keys).Order(StringComparer.Ordinal)
                    .Select(member => new Difference(name, member, left.Members.GetValueOrDefault(member), right.Members.GetValueOrDefault(member)))
                    .Where(static difference => difference.Official != difference.Ours));
            }
        }

        return found;
    }

    private static Dictionary<string, NormalizedRequest> Numbered(IReadOnlyList<NormalizedRequest> requests)
    {
        Dictionary<string, NormalizedRequest> numbered = [];
        Dictionary<string, int> counts = [];
        foreach (NormalizedRequest request in requests)
        {
            int count = counts[request.Name] = counts.GetValueOrDefault(request.Name) + 1;
            if (count == 1 || request.Changes)
            {
                numbered.Add(count == 1 ? request.Name : $"{request.Name} #{count}", request);
            }
        }

        return numbered;
    }
}
