using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Which memory a model input of some element type has, and which columns may fill it.</summary>
internal static class CellBuffers
{
    /// <summary>Memory for an element type; null where this emulator has none.</summary>
    public static CellBuffer? Create(TensorElementType type) => type switch
    {
        TensorElementType.Float => new NumberBuffer<float>(),
        TensorElementType.Double => new NumberBuffer<double>(),
        TensorElementType.Int64 => new NumberBuffer<long>(),
        TensorElementType.Int32 => new NumberBuffer<int>(),
        TensorElementType.Int16 => new NumberBuffer<short>(),
        TensorElementType.Int8 => new NumberBuffer<sbyte>(),
        TensorElementType.UInt64 => new NumberBuffer<ulong>(),
        TensorElementType.UInt32 => new NumberBuffer<uint>(),
        TensorElementType.UInt16 => new NumberBuffer<ushort>(),
        TensorElementType.UInt8 => new NumberBuffer<byte>(),
        TensorElementType.Bool => new FlagBuffer(),
        TensorElementType.String => new TextBuffer(),
        _ => null,
    };

    /// <summary>Whether a column of that MLflow type can feed an input of that element type.</summary>
    public static bool Accepts(TensorElementType element, ColumnType column) => element switch
    {
        TensorElementType.String => column is ColumnType.String or ColumnType.Binary or ColumnType.Datetime,
        TensorElementType.Bool => column is ColumnType.Boolean,
        TensorElementType.Float or TensorElementType.Double
            => column is ColumnType.Boolean or ColumnType.Integer or ColumnType.Long or ColumnType.Float or ColumnType.Double,
        _ => column is ColumnType.Boolean or ColumnType.Integer or ColumnType.Long,
    };

    /// <summary>
    /// Whether a tensor of a signature feeds an input of that element type. MLflow hands on the array as the signature types it, and makes single precision of
    /// double for its ONNX flavor; there is no other conversion.
    /// </summary>
    /// <param name="element">The graph's element type.</param>
    /// <param name="dataType">NumPy's name of the signature's type.</param>
    public static bool Carries(TensorElementType element, string dataType) => element switch
    {
        TensorElementType.Float => dataType is "float32" or "float64",
        TensorElementType.Double => dataType == "float64",
        TensorElementType.String => dataType is "str" or "object",
        _ => string.Equals(element.ToString(), dataType, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>The rule by which elements of a tensor are read.</summary>
    public static ColumnType NaturalType(TensorElementType element) => element switch
    {
        TensorElementType.String => ColumnType.String,
        TensorElementType.Bool => ColumnType.Boolean,
        TensorElementType.Float => ColumnType.Float,
        TensorElementType.Double => ColumnType.Double,
        TensorElementType.Int32 => ColumnType.Integer,
        _ => ColumnType.Long,
    };
}
