namespace MlflowRollout.Emulator.Gateway;

/// <summary>What a container answers to a request that needs no model.</summary>
/// <param name="IsLogged">Whether the container's log has a line for it, as for each call of its interface.</param>
internal readonly record struct DirectAnswer(int Status, string Reason, ReadOnlyMemory<byte> Body, string ContentType, bool IsLogged = false);
