using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Gets the emulators that you run on this machine: address, process and data folder.</summary>
[Cmdlet(VerbsCommon.Get, "MlEmulator")]
[OutputType(typeof(MlEmulator))]
public sealed class GetMlEmulatorCommand : MlCmdletBase
{
    /// <summary>Connection file of one emulator. Without it all that are running are returned.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ConnectionFile { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ConnectionFile is null)
        {
            foreach (MlEmulator emulator in await Engine.Emulators.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                await WriteObjectAsync(emulator).ConfigureAwait(false);
            }

            return;
        }

        string path = await InvokeAsync(() => FileSystemPath.ResolveNew(this, ConnectionFile)).ConfigureAwait(false);
        await WriteObjectAsync(await Engine.Emulators.GetAsync(path, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
