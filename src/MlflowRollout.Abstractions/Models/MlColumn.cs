namespace MlflowRollout;

/// <summary>One column of a model's signature.</summary>
public sealed class MlColumn
{
    /// <summary>Name of the column; for an unnamed tensor its position.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Type.</summary>
    public MlColumnType Type { get; set; }

    /// <summary>False when the model accepts rows without the column. Default true.</summary>
    public bool Required { get; set; } = true;

    /// <summary>Dimensions of a tensor, -1 for any; empty for a plain column.</summary>
    public long[] Shape { get; set; } = [];

    /// <summary>Name and type, as in <c>age: long</c>.</summary>
    public override string ToString() => $"{Name}: {Type}{(Required ? string.Empty : " (optional)")}";
}
