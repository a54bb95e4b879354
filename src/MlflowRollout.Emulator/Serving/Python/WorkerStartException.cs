namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>A worker process that did not come to serve. The message says why, with the last lines of Python's own account.</summary>
internal sealed class WorkerStartException(string message, Exception? inner = null) : Exception(message, inner);
