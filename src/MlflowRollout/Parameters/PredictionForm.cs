namespace MlflowRollout.Parameters;

/// <summary>What <c>Invoke-MlEndpoint</c> gives back for a row.</summary>
public enum PredictionForm
{
    /// <summary>An <see cref="MlPrediction"/>.</summary>
    Prediction,

    /// <summary>The row itself with the columns Prediction, Deployment, RequestId and Error added.</summary>
    Row,
}
