using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Stops a running emulator. It finishes the requests under way first; its data stays, unless it is ephemeral.</summary>
[Cmdlet(VerbsLifecycle.Stop, "MlEmulator", SupportsShouldProcess = true)]
[OutputType(typeof(MlEmulator))]
public sealed class StopMlEmulatorCommand : MlCmdletBase
{
    /// <summary>
    /// Connection file of the emulator; an emulator that is piped names its own. Not needed when only one is running.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public string? ConnectionFile { get; set; }

    /// <summary>Returns the emulator that was stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlEmulator emulator = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (!await Engine.Emulators.StopAsync(emulator, Context, cancellationToken).ConfigureAwait(false) || !PassThru)
        {
            return;
        }

        emulator.IsRunning = false;
        await WriteObjectAsync(emulator).ConfigureAwait(false);
    }

    private async Task<MlEmulator> FindAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(ConnectionFile))
        {
            string path = await InvokeAsync(() => FileSystemPath.ResolveNew(this, ConnectionFile)).ConfigureAwait(false);
            return await Engine.Emulators.GetAsync(path, cancellationToken).ConfigureAwait(false);
        }

        if (MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(ConnectionFile)))
        {
            throw new MlValidationException(MlErrorIds.EarlierStepFailed, "No emulator was given: an earlier command failed or gave no object.")
            {
                RecommendedAction = "See the error before this one, or run Get-MlEmulator to see which emulators run.",
            };
        }

        IReadOnlyList<MlEmulator> running = [.. (await Engine.Emulators.ListAsync(cancellationToken).ConfigureAwait(false)).Where(emulator => emulator.IsRunning)];
        return running.Count switch
        {
            1 => running[0],
            0 => throw new MlConnectionException(MlErrorIds.EmulatorNotRunning, "No emulator of yours is running on this machine.", MlErrorCategory.ObjectNotFound),
            _ => throw new MlValidationException(
                MlErrorIds.ParameterInvalid,
                $"{running.Count} emulators are running, and nothing says which one to stop: {string.Join(", ", running.Select(emulator => emulator.ConnectionFile))}.")
            {
                RecommendedAction = "Name one with -ConnectionFile, or stop all with: Get-MlEmulator | Stop-MlEmulator",
            },
        };
    }
}
