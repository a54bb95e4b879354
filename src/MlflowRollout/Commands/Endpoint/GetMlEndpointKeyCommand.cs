using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets the keys of an endpoint as secure strings, or one of them as plain text.</summary>
[Cmdlet(VerbsCommon.Get, "MlEndpointKey", DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpointKey), typeof(string))]
public sealed class GetMlEndpointKeyCommand : MlConnectedCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names of the endpoints.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The endpoint, by name or object.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("EndpointName", "InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Which key. Without it both are returned; with -AsPlainText the primary one.</summary>
    [Parameter]
    public MlKeyType? KeyType { get; set; }

    /// <summary>Returns the key itself as text. Take care that it does not get into a log.</summary>
    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    private protected override string? PipelineParameter => nameof(Endpoint);

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference[] endpoints = ParameterSetName == ByName
            ? [.. Name.Select(name => new EndpointReference(name))]
            : [Required(Endpoint, nameof(Endpoint))];
        MlKeyType? wanted = KeyType ?? (AsPlainText ? MlKeyType.Primary : null);
        return ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: false, endpoint.Origin);
            foreach (MlEndpointKey key in await client.Endpoints.GetKeysAsync(endpoint.Name, cancellationToken).ConfigureAwait(false))
            {
                if (wanted is null || key.KeyType == wanted)
                {
                    await WriteObjectAsync(AsPlainText && key.Key is { } secret ? SecretText.Reveal(secret) : key).ConfigureAwait(false);
                }
            }
        });
    }
}
