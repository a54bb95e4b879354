namespace MlflowRollout;

/// <summary>The service refused a call or answered in a way that cannot be used.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlServiceException(string errorId, MlErrorCategory category, string message, Exception? innerException = null)
    : MlException(errorId, category, message, innerException);
