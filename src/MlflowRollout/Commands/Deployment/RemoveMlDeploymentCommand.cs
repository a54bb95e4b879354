using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Deletes deployments. One that still gets live or mirrored traffic is never deleted, whatever is forced: move its traffic first with <c>Set-MlTraffic</c>, or name who takes
/// it over with <c>-MoveTrafficTo</c>.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "MlDeployment", SupportsShouldProcess = true, DefaultParameterSetName = ByInputObject)]
[OutputType(typeof(MlDeployment))]
public sealed class RemoveMlDeploymentCommand : MlLongRunningCmdletBase
{
    private const string ByName = nameof(ByName);
    private const string ByInputObject = nameof(ByInputObject);

    /// <summary>Names of the deployments; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Endpoint that they belong to, by name or object.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByName)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>The deployment.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByInputObject)]
    [AllowNull]
    public DeploymentReference? InputObject { get; set; }

    /// <summary>Deployment of the same endpoint that takes over the whole share of the deleted one first, by name or object. A wildcard in <c>-Name</c> leaves it out.</summary>
    [Parameter]
    [AllowNull]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public DeploymentReference? MoveTrafficTo { get; set; }

    /// <summary>Asks no question. A deployment with traffic is refused all the same.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the deleted deployments as they were.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool SuppressesQuestions => Force;

    private protected override (string Target, string Action)? WhatIfWithoutInput => WhatIfText();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (string target, string action) = WhatIfText();
        if (SaysWhatIf(ParameterSetName == ByName ? Endpoint : InputObject, target, action))
        {
            return;
        }

        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointTarget target = ParameterSetName == ByName
            ? EndpointTarget.From(Required(Endpoint, nameof(Endpoint)), deployment: null)
            : EndpointTarget.From(endpoint: null, Required(InputObject, nameof(InputObject)));
        DeploymentReference? heir = MyInvocation.BoundParameters.ContainsKey(nameof(MoveTrafficTo)) ? Required(MoveTrafficTo, nameof(MoveTrafficTo)) : null;
        if (heir?.EndpointName is { } other && !string.Equals(other, target.EndpointName, StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict, $"-MoveTrafficTo names deployment '{heir.Name}' of endpoint '{other}', which cannot take over traffic of endpoint '{target.EndpointName}'.")
            {
                RecommendedAction = $"Name a deployment of '{target.EndpointName}'.",
            };
        }

        IMlDeploymentClient client = Resolve(isChange: true, [.. target.Origins, heir?.Origin]).Deployments;
        IReadOnlyList<string> names = target.DeploymentName is { } one
            ? [one]
            : await MatchingAsync(client, target.EndpointName, heir?.Name, cancellationToken).ConfigureAwait(false);
        await ForEachAsync(names, async name =>
        {
            MlDeployment? removed = await client.RemoveAsync(target.EndpointName, name, heir?.Name, NoWait, Timeout, Context, cancellationToken).ConfigureAwait(false);
            if (removed is not null && PassThru)
            {
                await WriteObjectAsync(removed).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> MatchingAsync(IMlDeploymentClient client, string endpointName, string? heir, CancellationToken cancellationToken)
    {
        List<string> names = [.. Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).Select(WildcardPattern.Unescape)];
        WildcardPattern[] patterns =
            [.. Name.Where(WildcardPattern.ContainsWildcardCharacters).Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];
        if (patterns.Length > 0)
        {
            await foreach (MlDeployment deployment in client.ListAsync(endpointName, cancellationToken).ConfigureAwait(false))
            {
                if (patterns.Any(pattern => pattern.IsMatch(deployment.Name)) && !string.Equals(deployment.Name, heir, StringComparison.OrdinalIgnoreCase))
                {
                    names.Add(deployment.Name);
                }
            }
        }

        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private (string Target, string Action) WhatIfText() => (
        ParameterSetName == ByName
            ? $"deployment '{string.Join(", ", Name)}' of endpoint '{Endpoint?.Name ?? "(not made yet)"}'"
            : $"deployment '{InputObject?.Name ?? "(not made yet)"}'",
        "Delete");
}
