namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Starts workers of one deployment.</summary>
internal interface IWorkerLauncher
{
    /// <summary>Starts a worker and returns when it has loaded the model.</summary>
    /// <exception cref="WorkerStartException">It did not.</exception>
    Task<IWorker> LaunchAsync(int number, CancellationToken cancellationToken);
}
