namespace MlflowRollout;

/// <summary>What kind of error it is. Each member has the name of the PowerShell error category that the cmdlets report.</summary>
public enum MlErrorCategory
{
    /// <summary>The state of the thing does not allow the operation.</summary>
    InvalidOperation,

    /// <summary>A bad argument or combination of arguments.</summary>
    InvalidArgument,

    /// <summary>Data (a file, a row, a body) does not fit its schema.</summary>
    InvalidData,

    /// <summary>A text could not be parsed.</summary>
    ParserError,

    /// <summary>The named thing does not exist.</summary>
    ObjectNotFound,

    /// <summary>The named thing exists already.</summary>
    ResourceExists,

    /// <summary>Another writer or operation is at work on the thing.</summary>
    ResourceBusy,

    /// <summary>The service cannot answer now.</summary>
    ResourceUnavailable,

    /// <summary>A quota or rate limit was reached.</summary>
    LimitsExceeded,

    /// <summary>No usable credential, or it was refused.</summary>
    AuthenticationError,

    /// <summary>The identity lacks a right.</summary>
    PermissionDenied,

    /// <summary>DNS, TLS or transport failure; or no connection was made.</summary>
    ConnectionError,

    /// <summary>A deadline of ours passed.</summary>
    OperationTimeout,

    /// <summary>The operation ended without the result that was asked for.</summary>
    OperationStopped,

    /// <summary>An answer does not fit the contract.</summary>
    ProtocolError,

    /// <summary>A result was obtained and is bad, for instance a failed deployment or a model error.</summary>
    InvalidResult,

    /// <summary>The other side lacks the feature.</summary>
    NotImplemented,

    /// <summary>A file could not be read.</summary>
    ReadError,

    /// <summary>A file could not be written.</summary>
    WriteError,
}
