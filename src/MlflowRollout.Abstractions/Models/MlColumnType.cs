namespace MlflowRollout;

/// <summary>MLflow's column types (MLflow, <c>mlflow.types.DataType</c>).</summary>
public enum MlColumnType
{
    /// <summary>A type that this version does not know; values are sent as they are.</summary>
    Unknown,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>32-bit integer.</summary>
    Integer,

    /// <summary>64-bit integer.</summary>
    Long,

    /// <summary>32-bit floating point.</summary>
    Float,

    /// <summary>64-bit floating point.</summary>
    Double,

    /// <summary>Text.</summary>
    String,

    /// <summary>Bytes, as base64 text on the wire.</summary>
    Binary,

    /// <summary>Date and time.</summary>
    Datetime,

    /// <summary>A list, an object or a map (MLflow's array, object and map); a text is taken for its JSON.</summary>
    Nested,
}
