namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>A type that a cmdlet writes.</summary>
/// <param name="FullTypeName">Full name.</param>
internal sealed record OutputMetadata(string FullTypeName);
