namespace MlflowRollout;

/// <summary>A named workspace, model, endpoint or deployment does not exist.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlNotFoundException(string errorId, string message, Exception? innerException = null)
    : MlException(errorId, MlErrorCategory.ObjectNotFound, message, innerException);
