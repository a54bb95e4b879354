namespace MlflowRollout;

/// <summary>Another writer changed the thing meanwhile, or an operation on it is still running.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlConflictException(string errorId, string message, Exception? innerException = null)
    : MlException(errorId, MlErrorCategory.ResourceBusy, message, innerException);
