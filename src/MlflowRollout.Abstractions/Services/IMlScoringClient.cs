namespace MlflowRollout.Services;

/// <summary>Sends scoring requests to one endpoint or deployment.</summary>
public interface IMlScoringClient
{
    /// <summary>
    /// The input signature: from the pinned deployment's swagger.json, or that of the live deployments when all agree; else from the model's MLmodel in
    /// storage where the role allows it; else null.
    /// </summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlException">Live deployments have different signatures (<see cref="MlErrorIds.SignatureAmbiguous"/>).</exception>
    Task<MlModelSignature?> GetSignatureAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends one request, as it is, once; nothing is retried except that a 401 refreshes the key once. The body is checked first when the signature is
    /// known: broken JSON, an empty body, missing or unknown columns and wrong types are errors before anything is sent.
    /// </summary>
    /// <param name="body">JSON text.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlScoringException">The answer was not 200.</exception>
    /// <exception cref="MlValidationException">The body does not fit the signature.</exception>
    Task<MlScoringResponse> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Opens a stream of rows, sent in batches in parallel.</summary>
    /// <param name="options">How.</param>
    IMlRowStream OpenRowStream(MlRowStreamOptions options);
}
