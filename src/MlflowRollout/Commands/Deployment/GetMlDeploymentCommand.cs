using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets the deployments of an endpoint with their state and their shares of the traffic. A piped deployment is read anew.</summary>
[Cmdlet(VerbsCommon.Get, "MlDeployment")]
[OutputType(typeof(MlDeployment))]
public sealed class GetMlDeploymentCommand : MlConnectedCmdletBase
{
    private bool _endpointTyped;

    /// <summary>Names of deployments; wildcards are allowed. All when left out.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeploymentNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Endpoint that they belong to, by name or object.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _endpointTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Endpoint));
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference endpoint = Required(Endpoint, nameof(Endpoint));
        IMlDeploymentClient client = Resolve(isChange: false, endpoint.Origin).Deployments;
        string[] names = Name ?? (!_endpointTyped && endpoint.DeploymentName is { } piped ? [WildcardPattern.Escape(piped)] : ["*"]);
        await ForEachAsync(names, async name =>
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
            {
                await WriteObjectAsync(await client.GetAsync(endpoint.Name, WildcardPattern.Unescape(name), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                return;
            }

            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            await foreach (MlDeployment deployment in client.ListAsync(endpoint.Name, cancellationToken).ConfigureAwait(false))
            {
                if (pattern.IsMatch(deployment.Name))
                {
                    await WriteObjectAsync(deployment).ConfigureAwait(false);
                }
            }
        }).ConfigureAwait(false);
    }
}
