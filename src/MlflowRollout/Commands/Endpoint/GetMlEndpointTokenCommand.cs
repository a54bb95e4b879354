using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Gets a token for an endpoint that authenticates with tokens, as a secure string or as plain text.</summary>
[Cmdlet(VerbsCommon.Get, "MlEndpointToken", DefaultParameterSetName = ByName)]
[OutputType(typeof(MlEndpointToken), typeof(string))]
public sealed class GetMlEndpointTokenCommand : MlConnectedCmdletBase
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

    /// <summary>Returns the token itself as text. Take care that it does not get into a log.</summary>
    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    private protected override string? PipelineParameter => nameof(Endpoint);

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        EndpointReference[] endpoints = ParameterSetName == ByName
            ? [.. Name.Select(name => new EndpointReference(name))]
            : [Required(Endpoint, nameof(Endpoint))];
        return ForEachAsync(endpoints, async endpoint =>
        {
            IMlWorkspaceClient client = Resolve(isChange: false, endpoint.Origin);
            MlEndpointToken token = await client.Endpoints.GetTokenAsync(endpoint.Name, cancellationToken).ConfigureAwait(false);
            await WriteObjectAsync(AsPlainText && token.Token is { } secret ? SecretText.Reveal(secret) : token).ConfigureAwait(false);
        });
    }
}
