namespace MlflowRollout.Emulator.Operations;

/// <summary>An operation fails with a code and message of the service.</summary>
internal sealed class OperationFailedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
