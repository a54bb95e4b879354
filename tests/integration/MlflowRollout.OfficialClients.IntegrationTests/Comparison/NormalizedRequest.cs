namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>A request without what differs from run to run.</summary>
/// <param name="Name">Method and path, ids replaced.</param>
/// <param name="Changes">Whether it changes something; what only reads is compared by name alone.</param>
/// <param name="Members">Each value of its query, of its storage headers and of its body, by path.</param>
internal sealed record NormalizedRequest(string Name, bool Changes, IReadOnlyDictionary<string, string> Members);
