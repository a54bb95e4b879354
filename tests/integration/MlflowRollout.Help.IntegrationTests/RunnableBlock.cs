namespace MlflowRollout.Help.IntegrationTests;

/// <summary>Commands of a document that are executed.</summary>
/// <param name="Line">Line of the fence or comment.</param>
/// <param name="Code">Commands.</param>
public sealed record RunnableBlock(int Line, string Code);
