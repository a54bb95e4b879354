using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>One input of a graph.</summary>
/// <param name="Shape">-1 where any length will do.</param>
internal sealed record OnnxInput(string Name, TensorElementType Element, long[] Shape)
{
    /// <summary>[N] or [N,1]: it can carry one column.</summary>
    public bool IsColumn => Shape is [_] or [_, 1 or -1];

    /// <summary>The shape for a number of rows.</summary>
    /// <param name="width">Columns in a matrix.</param>
    public long[] ShapeFor(int rows, int width) => Shape.Length == 1 ? [rows] : [rows, width];
}
