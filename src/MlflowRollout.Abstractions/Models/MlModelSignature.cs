namespace MlflowRollout;

/// <summary>Inputs and outputs of a model, from its <c>MLmodel</c> file or its deployment's <c>swagger.json</c>.</summary>
public sealed class MlModelSignature
{
    /// <summary>Input columns in the model's order.</summary>
    public MlColumn[] Inputs { get; set; } = [];

    /// <summary>Output columns; may be empty when they are not known.</summary>
    public MlColumn[] Outputs { get; set; } = [];

    /// <summary>Inference parameters with their types; usually empty.</summary>
    public MlColumn[] Parameters { get; set; } = [];

    /// <summary>True when the inputs are tensors rather than columns of a table.</summary>
    public bool IsTensor { get; set; }

    /// <summary>Names and types of the inputs.</summary>
    public override string ToString() => string.Join(", ", Inputs.Select(column => column.ToString()));
}
