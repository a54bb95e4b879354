namespace MlflowRollout.Services;

/// <summary>One step of a long-running activity, to be shown as a progress bar.</summary>
/// <param name="ActivityKey">Identifies the activity; equal keys update one bar.</param>
/// <param name="Activity">What is being done, such as <c>Creating deployment heart/green</c>.</param>
/// <param name="Status">Where it stands, such as <c>Creating, 00:01:30</c>.</param>
/// <param name="PercentComplete">0 to 100; null when the service does not tell.</param>
/// <param name="IsCompleted">True for the last one, which removes the bar.</param>
public sealed record MlProgress(string ActivityKey, string Activity, string Status, int? PercentComplete = null, bool IsCompleted = false);
