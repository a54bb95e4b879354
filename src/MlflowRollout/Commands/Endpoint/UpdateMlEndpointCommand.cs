using System.Collections;
using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Changes an online endpoint: what is given is changed, everything else stays, traffic included (see Set-MlTraffic).</summary>
[Cmdlet(VerbsData.Update, "MlEndpoint", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpoint))]
public sealed class UpdateMlEndpointCommand : MlLongRunningCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names of the endpoints. They may be left out where -DefinitionFile has one.</summary>
    [Parameter(ParameterSetName = ByName, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The endpoint, by name or object.</summary>
    [Parameter(ParameterSetName = ByInputObject, Mandatory = true, ValueFromPipeline = true)]
    [Alias("EndpointName", "InputObject")]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>
    /// Definition of the endpoint as the Azure CLI takes it (YAML or JSON), or a configuration of MLflow's Azure ML plugin. What the file says is set, traffic too; everything else stays. Parameters win over
    /// the file.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DefinitionFile { get; set; }

    /// <summary>New description.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>Tags to set, as a hashtable; others stay. A tag whose value is $null is removed.</summary>
    [Parameter]
    public IDictionary? Tag { get; set; }

    /// <summary>Whether it can be reached from the public network.</summary>
    [Parameter]
    public MlPublicNetworkAccess? PublicNetworkAccess { get; set; }

    /// <summary>Resource ids of user-assigned identities; an empty array goes back to the system-assigned one.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public string[]? UserAssignedIdentity { get; set; }

    private protected override string? PipelineParameter => nameof(Endpoint);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("an endpoint that is not made yet", "Update");

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != ByInputObject || !SaysWhatIf(Endpoint, "an endpoint that is not made yet", "Update"))
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlEndpointDefinition? definition = await ReadDefinitionAsync(
            DefinitionFile,
            (reader, path) => reader.ReadEndpoint(path, ReplacedKeys(
                (nameof(Name), "name"), (nameof(Endpoint), "name"), (nameof(Description), "description"), (nameof(PublicNetworkAccess), "public_network_access"),
                (nameof(UserAssignedIdentity), "identity"))),
            read => read.Notes).ConfigureAwait(false);
        EndpointReference[] endpoints = Endpoints(definition);
        MlEndpointChanges? changes = Changes(definition);
        if (changes is null && definition is not { Traffic: not null } and not { MirrorTraffic: not null })
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "Nothing is given that is to be changed.")
            {
                IsTerminating = true,
                RecommendedAction = "Give -Description, -Tag, -PublicNetworkAccess, -UserAssignedIdentity or -DefinitionFile; traffic alone is changed with Set-MlTraffic.",
            };
        }

        await ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: true, endpoint.Origin);
            MlEndpoint? updated = changes is null ? null : await client.Endpoints.UpdateAsync(endpoint.Name, changes, Context, cancellationToken).ConfigureAwait(false);
            if (definition is { Traffic: not null } or { MirrorTraffic: not null } && (changes is null || updated is not null || IsWhatIf))
            {
                updated = await SetTrafficAsync(client, endpoint.Name, definition, cancellationToken).ConfigureAwait(false) ?? updated;
            }

            if (updated is not null)
            {
                await WriteObjectAsync(updated).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private EndpointReference[] Endpoints(MlEndpointDefinition? definition) =>
        ParameterSetName == ByInputObject ? [Required(Endpoint, nameof(Endpoint))]
        : Name.Length > 0 ? [.. Name.Select(name => new EndpointReference(name))]
        : [new EndpointReference(definition?.Name ?? throw Missing("which endpoint is meant", nameof(Name), "name", definition?.Path))];

    /// <summary>What is to be changed beside traffic; null for nothing.</summary>
    private MlEndpointChanges? Changes(MlEndpointDefinition? definition)
    {
        var changes = new MlEndpointChanges
        {
            Description = Description ?? definition?.Description,
            Tags = MapOverlay.Over(MapOverlay.Nullable(definition?.Tags), ToTextMap(Tag), ignoreCase: true),
            Properties = definition?.Properties is { Count: > 0 } properties ? properties : null,
            AuthMode = definition?.AuthMode,
            Compute = definition?.Compute,
            PublicNetworkAccess = PublicNetworkAccess ?? definition?.PublicNetworkAccess,
            IdentityType = UserAssignedIdentity is null ? definition?.IdentityType : null,
            UserAssignedIdentities = UserAssignedIdentity ?? definition?.UserAssignedIdentities,
            NoWait = NoWait && definition is not { Traffic: not null } and not { MirrorTraffic: not null },
            Timeout = Timeout,
        };
        return changes is
        {
            Description: null, Tags: null, Properties: null, AuthMode: null, Compute: null, PublicNetworkAccess: null, IdentityType: null, UserAssignedIdentities: null,
        }
            ? null
            : changes;
    }

    // The service takes traffic with the rest, but a change of traffic has rules, a question and a verification of its own.
    private async Task<MlEndpoint?> SetTrafficAsync(IMlWorkspaceClient client, string name, MlEndpointDefinition definition, CancellationToken cancellationToken)
    {
        MlTraffic? set = await client.Traffic.SetAsync(
            new MlTrafficChange { EndpointName = name, Traffic = definition.Traffic, MirrorTraffic = definition.MirrorTraffic, Timeout = Timeout }, Context, cancellationToken)
            .ConfigureAwait(false);
        return set is null ? null : await client.Endpoints.GetAsync(name, cancellationToken).ConfigureAwait(false);
    }
}
