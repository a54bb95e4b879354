namespace MlflowRollout;

/// <summary>A request body for a model, ready to be sent.</summary>
public sealed class MlModelRequest
{
    /// <summary>The JSON text.</summary>
    public string Body { get; set; } = string.Empty;

    /// <summary>Number of rows in it.</summary>
    public int RowCount { get; set; }

    /// <summary>The JSON text.</summary>
    public override string ToString() => Body;
}
