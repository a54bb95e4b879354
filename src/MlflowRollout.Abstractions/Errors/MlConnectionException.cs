namespace MlflowRollout;

/// <summary>There is no connection, it could not be made, or the credential was refused.</summary>
/// <inheritdoc cref="MlException(string, MlErrorCategory, string, Exception?)"/>
public sealed class MlConnectionException(
    string errorId, string message, MlErrorCategory category = MlErrorCategory.ConnectionError, Exception? innerException = null)
    : MlException(errorId, category, message, innerException);
