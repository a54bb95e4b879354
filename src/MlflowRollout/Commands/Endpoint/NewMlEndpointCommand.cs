using System.Collections;
using System.Management.Automation;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Makes an online endpoint: an address for scoring requests, without a model behind it as yet.</summary>
[Cmdlet(VerbsCommon.New, "MlEndpoint", SupportsShouldProcess = true)]
[OutputType(typeof(MlEndpoint))]
public sealed class NewMlEndpointCommand : MlLongRunningCmdletBase
{
    /// <summary>
    /// Name of the endpoint: 3 to 32 letters, digits and hyphens, starting with a letter. It must be free in the whole region; -UniqueSuffix and -RandomSuffix help. It may be left out where
    /// -DefinitionFile has one.
    /// </summary>
    [Parameter(Position = 0)]
    public MlName? Name { get; set; }

    /// <summary>
    /// Definition of the endpoint as the Azure CLI takes it (YAML or JSON), or a configuration of MLflow's Azure ML plugin. Parameters win over what the file says; entries of tags and properties are put
    /// together.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DefinitionFile { get; set; }

    /// <summary>Adds a suffix made from the workspace and the name: the same every time, and hardly anybody else's.</summary>
    [Parameter]
    public SwitchParameter UniqueSuffix { get; set; }

    /// <summary>Adds a suffix that is another one every time.</summary>
    [Parameter]
    public SwitchParameter RandomSuffix { get; set; }

    /// <summary>How scoring requests authenticate: Key (default), AmlToken or AadToken. It cannot be changed later.</summary>
    [Parameter]
    [ValidateSet(nameof(MlAuthMode.Key), nameof(MlAuthMode.AmlToken), nameof(MlAuthMode.AadToken))]
    public MlAuthMode AuthMode { get; set; } = MlAuthMode.Key;

    /// <summary>Free text.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Tags, as a hashtable.</summary>
    [Parameter]
    public IDictionary? Tag { get; set; }

    /// <summary>Service properties, as a hashtable.</summary>
    [Parameter]
    public IDictionary? Property { get; set; }

    /// <summary>Whether it can be reached from the public network. The service's default is Enabled.</summary>
    [Parameter]
    public MlPublicNetworkAccess? PublicNetworkAccess { get; set; }

    /// <summary>Kubernetes compute to run on, by name or resource id. Without it the endpoint is a managed one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Compute { get; set; }

    /// <summary>
    /// Kind of the identity: <c>SystemAssigned</c>, <c>UserAssigned</c>, both (<c>SystemAssigned, UserAssigned</c>), or <c>None</c>. Without it, what <c>-UserAssignedIdentity</c> implies.
    /// </summary>
    [Parameter]
    [ValidateSet("SystemAssigned", "UserAssigned", "None")]
    [ValidateCount(1, 2)]
    public string[]? IdentityType { get; set; }

    /// <summary>Resource ids of user-assigned identities. Without them it gets a system-assigned one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? UserAssignedIdentity { get; set; }

    /// <summary>
    /// What to do when the endpoint exists in this workspace: Error (default), Skip (return it, after verifying that it is usable and the same), or Update (set
    /// what is given here).
    /// </summary>
    [Parameter]
    [ValidateSet(nameof(MlIfExists.Error), nameof(MlIfExists.Skip), nameof(MlIfExists.Update))]
    public MlIfExists IfExists { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (UniqueSuffix && RandomSuffix)
        {
            Report(new MlValidationException(MlErrorIds.ParameterConflict, "-UniqueSuffix and -RandomSuffix exclude each other.")
            {
                IsTerminating = true,
                RecommendedAction = "Use -UniqueSuffix where a script must find the endpoint again, -RandomSuffix for one that is thrown away.",
            });
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlEndpointDefinition? definition = await ReadAsync().ConfigureAwait(false);
        (IMlWorkspaceClient client, string name) = await InvokeAsync(() => (Resolve(isChange: true), NameOf(definition))).ConfigureAwait(false);
        var specification = new MlEndpointSpecification
        {
            Name = name,
            UniqueSuffix = UniqueSuffix,
            RandomSuffix = RandomSuffix,
            AuthMode = MyInvocation.BoundParameters.ContainsKey(nameof(AuthMode)) ? AuthMode : definition?.AuthMode ?? AuthMode,
            Description = Description ?? definition?.Description,
            Tags = MapOverlay.Full(MapOverlay.Over(MapOverlay.Nullable(definition?.Tags), ToTextMap(Tag), ignoreCase: true)),
            Properties = MapOverlay.Full(MapOverlay.Over(MapOverlay.Nullable(definition?.Properties), ToTextMap(Property), ignoreCase: true)),
            PublicNetworkAccess = PublicNetworkAccess ?? definition?.PublicNetworkAccess,
            Compute = Compute ?? definition?.Compute,
            IdentityType = IdentityType is not null ? string.Join(',', IdentityType) : UserAssignedIdentity is null ? definition?.IdentityType : null,
            UserAssignedIdentities = UserAssignedIdentity ?? definition?.UserAssignedIdentities ?? [],
            IfExists = IfExists,
            NoWait = NoWait,
            Timeout = Timeout,
        };
        if (await client.Endpoints.CreateAsync(specification, Context, cancellationToken).ConfigureAwait(false) is { } endpoint)
        {
            await WriteObjectAsync(endpoint).ConfigureAwait(false);
        }
    }

    private protected override void PrepareJob(IDictionary<string, object?> parameters)
    {
        if (Name is not null)
        {
            parameters[nameof(Name)] = new MlName(Name.For(null));
        }
    }

    private async Task<MlEndpointDefinition?> ReadAsync()
    {
        string[] replaced = ReplacedKeys(
            (nameof(Name), "name"), (nameof(AuthMode), "auth_mode"), (nameof(Description), "description"), (nameof(PublicNetworkAccess), "public_network_access"),
            (nameof(Compute), "compute"), (nameof(UserAssignedIdentity), "identity"));
        MlEndpointDefinition? definition = await ReadDefinitionAsync(
            DefinitionFile, (reader, path) => reader.ReadEndpoint(path, replaced), read => read.Notes).ConfigureAwait(false);
        if (definition?.Traffic?.Total > 0 || definition?.MirrorTraffic?.Total > 0)
        {
            throw new MlValidationException(
                MlErrorIds.DefinitionInvalid,
                $"The definition file '{definition.Path}' sets traffic, and a new endpoint has no deployments that could take it. Nothing was changed.",
                MlErrorCategory.InvalidData)
            {
                Target = definition.Path,
                RecommendedAction = "Take 'traffic' and 'mirror_traffic' out of the file. Once the deployments are there, set them with Set-MlTraffic -DefinitionFile, or give the first one -AllTraffic.",
            };
        }

        return definition;
    }

    private string NameOf(MlEndpointDefinition? definition) =>
        MyInvocation.BoundParameters.ContainsKey(nameof(Name))
            ? Required(Name, nameof(Name)).For(null)
            : definition?.Name ?? throw Missing("what the endpoint is to be called", nameof(Name), "name", definition?.Path);
}
