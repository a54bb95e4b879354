using System.Management.Automation;
using System.Security;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Makes a new key for an endpoint and returns it. Clients that use the old one are refused from then on: let them use the other key first.
/// </summary>
[Cmdlet(VerbsCommon.Reset, "MlEndpointKey", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpointKey), typeof(string))]
public sealed class ResetMlEndpointKeyCommand : MlConnectedCmdletBase
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

    /// <summary>Which key.</summary>
    [Parameter(Mandatory = true)]
    public MlKeyType KeyType { get; set; }

    /// <summary>The new key. Without it the service makes one.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    /// <summary>Returns the new key itself as text. Take care that it does not get into a log.</summary>
    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override string? PipelineParameter => nameof(Endpoint);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("an endpoint that is not made yet", ActionText);

    private string ActionText => $"Reset {KeyType.ToString().ToLowerInvariant()} key";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != ByInputObject || !SaysWhatIf(Endpoint, "an endpoint that is not made yet", ActionText))
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference[] endpoints = ParameterSetName == ByName
            ? [.. Name.Select(name => new EndpointReference(name))]
            : [Required(Endpoint, nameof(Endpoint))];
        return ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: true, endpoint.Origin);
            MlEndpointKey? key = await client.Endpoints.ResetKeyAsync(endpoint.Name, KeyType, Key, Context, cancellationToken).ConfigureAwait(false);
            if (key is not null)
            {
                await WriteObjectAsync(AsPlainText && key.Key is { } secret ? SecretText.Reveal(secret) : key).ConfigureAwait(false);
            }
        });
    }
}
