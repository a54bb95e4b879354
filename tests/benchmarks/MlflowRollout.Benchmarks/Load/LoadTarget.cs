namespace MlflowRollout.Benchmarks.Load;

/// <summary>Where load goes.</summary>
/// <param name="Uri">The address.</param>
/// <param name="Body">The body of every request.</param>
/// <param name="Key">The key; null for none.</param>
/// <param name="ProcessId">The process that serves it.</param>
internal sealed record LoadTarget(Uri Uri, string Body, string? Key, int ProcessId);
