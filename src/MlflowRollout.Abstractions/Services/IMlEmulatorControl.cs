namespace MlflowRollout.Services;

/// <summary>Starts, finds and stops emulators of the current user.</summary>
public interface IMlEmulatorControl
{
    /// <summary>
    /// Starts one in the background and waits until it is ready. One that runs already on the same data folder is returned as it is.
    /// </summary>
    /// <param name="options">How to start it.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlEmulator?> StartAsync(MlEmulatorOptions options, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Ends it gracefully (it drains), then verifies that its process is gone.</summary>
    /// <param name="emulator">From <see cref="ListAsync"/> or <see cref="StartAsync"/>.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False when the caller did not give leave.</returns>
    Task<bool> StopAsync(MlEmulator emulator, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>All emulators that this user runs on this machine, the default one first.</summary>
    /// <param name="cancellationToken">Stops.</param>
    Task<IReadOnlyList<MlEmulator>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The emulator that a connection file names.</summary>
    /// <param name="connectionFile">Path of the file.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlConnectionException">The file is missing or broken, or its emulator does not run.</exception>
    Task<MlEmulator> GetAsync(string connectionFile, CancellationToken cancellationToken);
}
