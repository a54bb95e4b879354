namespace MlflowRollout.Emulator.Storage;

/// <summary>A model's files cannot be put into a folder.</summary>
internal sealed class ModelFilesException(string message, Exception? inner = null) : Exception(message, inner);
