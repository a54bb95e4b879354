namespace MlflowRollout.Emulator.Serving.Description;

/// <summary>The JSON of an answer; it follows the module that would have made the prediction in the cloud.</summary>
internal enum ReplyShape
{
    /// <summary>A bare array, one prediction a row, as the model's own library gives it.</summary>
    Predictions,

    /// <summary>An array of objects by output name, one a row, as <c>mlflow.onnx</c> answers a table.</summary>
    Records,

    /// <summary>One object of arrays by output name, as <c>mlflow.onnx</c> answers tensors.</summary>
    Named,
}
