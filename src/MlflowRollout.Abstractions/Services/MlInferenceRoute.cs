namespace MlflowRollout.Services;

/// <summary>A route of an inference container.</summary>
/// <param name="Path">Path, such as <c>/score</c>.</param>
/// <param name="Port">Port, such as 5001.</param>
public sealed record MlInferenceRoute(string Path, int Port);
