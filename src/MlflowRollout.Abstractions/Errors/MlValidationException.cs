namespace MlflowRollout;

/// <summary>Bad input, found before anything was changed.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlValidationException(
    string errorId, string message, MlErrorCategory category = MlErrorCategory.InvalidArgument, Exception? innerException = null)
    : MlException(errorId, category, message, innerException);
