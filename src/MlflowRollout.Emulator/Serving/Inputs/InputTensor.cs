using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>One tensor that a model takes.</summary>
/// <param name="Shape">-1 where any length will do.</param>
internal sealed record InputTensor(string Name, ColumnType Element, string DataType, long[] Shape);
