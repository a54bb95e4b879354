namespace MlflowRollout.Emulator.Models;

/// <summary>A model folder that is not what MLflow writes. The message names the file, the rule and, where there is one, the line.</summary>
internal sealed class ModelFormatException(string message, Exception? inner = null) : Exception(message, inner);
