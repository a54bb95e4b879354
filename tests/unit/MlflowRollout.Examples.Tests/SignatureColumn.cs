namespace MlflowRollout.Examples.Tests;

/// <summary>One input column as MLmodel states it.</summary>
internal sealed record SignatureColumn(string Name, string Type, bool Required);
