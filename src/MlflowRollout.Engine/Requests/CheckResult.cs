namespace MlflowRollout.Engine.Requests;

/// <summary>What a check of a request body found.</summary>
/// <param name="IsJson">False when the body could not be parsed at all.</param>
/// <param name="Findings">Everything that is wrong; empty when it fits.</param>
/// <param name="RowCount">Rows in the body; null where they cannot be told.</param>
internal sealed record CheckResult(bool IsJson, IReadOnlyList<string> Findings, int? RowCount = null);
