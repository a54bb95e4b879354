namespace MlflowRollout;

/// <summary>A thing of that name exists already, and the call did not say what to do then.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlAlreadyExistsException(string errorId, string message, Exception? innerException = null)
    : MlException(errorId, MlErrorCategory.ResourceExists, message, innerException);
