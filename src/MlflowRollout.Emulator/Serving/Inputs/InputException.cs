namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>A request that the model cannot take.</summary>
/// <param name="malformed">True where the body is refused before the scoring function sees it (the container answers 400, else 500).</param>
/// <param name="unsupported">True where that is because of its content type (415).</param>
internal sealed class InputException(string message, bool malformed = false, bool unsupported = false) : Exception(message)
{
    public bool Malformed { get; } = malformed;

    public bool Unsupported { get; } = unsupported;

    /// <summary>MLflow's own opening words for a request that does not fit the signature.</summary>
    public static InputException Schema(string what) => new($"Failed to enforce schema of the input data. {what}");
}
