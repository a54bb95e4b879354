using System.Text;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Where the values of one column go: element <c>row * Stride + Offset</c> of one buffer.</summary>
/// <param name="Nested">What a cell of type <see cref="ColumnType.Other"/> holds.</param>
internal sealed record InputColumn(string Name, ColumnType Type, string TypeName, bool Required, int Buffer, int Offset, int Stride, NestedType? Nested = null)
{
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}
