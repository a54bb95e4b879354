using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Publishes registered model versions to a registry, from which every workspace that may read it can deploy them. The service copies the files; the command waits
/// until they are there.
/// </summary>
[Cmdlet(VerbsData.Publish, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlRegistryModel))]
public sealed class PublishMlModelCommand : MlModelTransferCmdletBase
{
    /// <summary>Name of the registry.</summary>
    [Parameter(Mandatory = true)]
    [Alias("RegistryName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RegistryNameCompleter))]
    public string Registry { get; set; } = string.Empty;

    /// <summary>Name of the model there. Without it the same.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DestinationName { get; set; }

    /// <summary>Version to make there. Without it the same.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DestinationVersion { get; set; }

    /// <summary>What to do when the version exists there: Error (default) or Skip (return it, after verifying that its content is the same, as far as the registry knows it).</summary>
    [Parameter]
    [ValidateSet(nameof(MlIfExists.Error), nameof(MlIfExists.Skip))]
    public MlIfExists IfExists { get; set; }

    /// <summary>How long to wait at most, one hour by default: <c>30s</c>, <c>'30m'</c>, <c>00:30:00</c>, or a number of seconds. The service goes on when the time is over.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    private protected override string ActionText => "Publish to a registry";

    private protected override async Task TransferAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken)
    {
        var publication = new MlModelPublication
        {
            RegistryName = Registry,
            Name = DestinationName,
            Version = DestinationVersion,
            IfExists = IfExists,
            Timeout = Timeout,
        };
        if (await client.PublishAsync(name, version, publication, Context, cancellationToken).ConfigureAwait(false) is { } model)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }
}
