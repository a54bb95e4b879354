using System.Collections;
using System.Management.Automation;
using MlflowRollout.Completion;
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
        EndpointReference[] endpoints = ParameterSetName == ByName
            ? [.. Name.Select(name => new EndpointReference(name))]
            : [Required(Endpoint, nameof(Endpoint))];
        var changes = new MlEndpointChanges
        {
            Description = Description,
            Tags = ToTextMap(Tag),
            PublicNetworkAccess = PublicNetworkAccess,
            UserAssignedIdentities = UserAssignedIdentity,
            NoWait = NoWait,
            Timeout = Timeout,
        };
        if (changes is { Description: null, Tags: null, PublicNetworkAccess: null, UserAssignedIdentities: null })
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "Nothing is given that is to be changed.")
            {
                IsTerminating = true,
                RecommendedAction = "Give -Description, -Tag, -PublicNetworkAccess or -UserAssignedIdentity; traffic is changed with Set-MlTraffic.",
            };
        }

        await ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: true, endpoint.Origin);
            if (await client.Endpoints.UpdateAsync(endpoint.Name, changes, Context, cancellationToken).ConfigureAwait(false) is { } updated)
            {
                await WriteObjectAsync(updated).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }
}
