namespace MlflowRollout.Emulator.Gateway;

/// <summary>What a container answers to a request that needs no model.</summary>
internal readonly record struct DirectAnswer(int Status, string Reason, ReadOnlyMemory<byte> Body, string ContentType);
