namespace MlflowRollout;

/// <summary>
/// A long-running operation ended as failed or canceled, or the deadline for waiting passed. The thing it was about is
/// <see cref="MlException.Target"/>.
/// </summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlOperationException(string errorId, MlErrorCategory category, string message, Exception? innerException = null)
    : MlException(errorId, category, message, innerException);
