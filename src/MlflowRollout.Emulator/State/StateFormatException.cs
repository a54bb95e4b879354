namespace MlflowRollout.Emulator.State;

/// <summary>The data file has a format that this emulator does not know.</summary>
internal sealed class StateFormatException(string message) : Exception(message);
