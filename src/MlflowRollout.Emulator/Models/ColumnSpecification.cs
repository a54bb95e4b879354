namespace MlflowRollout.Emulator.Models;

/// <summary>A column of a signature.</summary>
/// <param name="Name">Null in a signature without names: the position counts.</param>
/// <param name="TypeName">As MLflow writes it: <c>long</c>, <c>double</c>, <c>string</c>, …</param>
/// <param name="Nested">What a column of type <see cref="ColumnType.Other"/> holds; null for others.</param>
internal sealed record ColumnSpecification(string? Name, ColumnType Type, string TypeName, bool Required, NestedType? Nested = null);

/// <summary>A tensor of a signature.</summary>
/// <param name="DataType">NumPy's name: <c>float32</c>, <c>int64</c>, <c>str</c>, …</param>
/// <param name="Shape">-1 where any length will do.</param>
internal sealed record TensorSpecification(string? Name, string DataType, IReadOnlyList<long> Shape);

/// <summary>An inference parameter of a signature.</summary>
/// <param name="DefaultJson">The default as JSON text; null where there is none.</param>
/// <param name="Shape">Null for a single value; [-1] for a list.</param>
internal sealed record ParameterSpecification(string Name, string TypeName, string? DefaultJson, IReadOnlyList<long>? Shape);
