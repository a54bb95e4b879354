namespace MlflowRollout.Emulator.Models;

/// <summary>The column types of an MLflow signature.</summary>
internal enum ColumnType
{
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    String,
    Binary,
    Datetime,

    /// <summary>Array, object, map, any: see <see cref="NestedType"/>.</summary>
    Other,
}
