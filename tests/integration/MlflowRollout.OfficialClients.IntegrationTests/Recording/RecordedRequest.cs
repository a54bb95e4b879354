namespace MlflowRollout.OfficialClients.IntegrationTests.Recording;

/// <summary>A request that came by.</summary>
/// <param name="Method">The method.</param>
/// <param name="Host">The Host header.</param>
/// <param name="Path">The path as sent.</param>
/// <param name="Query">The query as sent, with its question mark; empty where there is none.</param>
/// <param name="Headers">The headers, the last of each name.</param>
/// <param name="Body">The body.</param>
/// <param name="Status">The status of the answer.</param>
internal sealed record RecordedRequest(
    string Method, string Host, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body, int Status);
