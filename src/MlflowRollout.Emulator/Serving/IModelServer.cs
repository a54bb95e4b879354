namespace MlflowRollout.Emulator.Serving;

/// <summary>What runs a model, in this process or behind a socket. One serves all instances of a deployment.</summary>
internal interface IModelServer : IAsyncDisposable
{
    /// <summary>
    /// True when <see cref="ScoreAsync"/> ends by itself at <see cref="ModelExchange.Deadline"/>, so that the gateway needs no timer for it.
    /// </summary>
    bool EnforcesDeadline { get; }

    /// <summary>What <c>swagger.json</c> says about this model.</summary>
    ServiceDescription Description { get; }

    /// <summary>
    /// Answers one request into the exchange. A model's failure is an answer (status, body), not an exception; a cancelled call throws
    /// <see cref="OperationCanceledException"/> and no longer touches the exchange.
    /// </summary>
    ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken);
}
