namespace MlflowRollout.Emulator.Models;

/// <summary>One side of a signature: columns or tensors, never both.</summary>
internal sealed record ModelSchema(IReadOnlyList<ColumnSpecification> Columns, IReadOnlyList<TensorSpecification> Tensors)
{
    public bool IsTensors => Tensors.Count > 0;
}
