using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlflowRollout.Connections;
using MlflowRollout.LoadContext;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Completion;

/// <summary>
/// What the command line says about where to look: the workspace and the endpoint, from what is typed before the cursor and from the pipeline's earlier
/// commands. Nothing is run to find out: variables are read, commands are not.
/// </summary>
internal sealed class CompletionScope
{
    private static readonly string[] EndpointParameters = ["Endpoint", "EndpointName", "InputObject"];

    private CompletionScope(IMlWorkspaceClient client, string? endpointName)
    {
        Client = client;
        EndpointName = endpointName;
    }

    /// <summary>The workspace.</summary>
    internal IMlWorkspaceClient Client { get; }

    /// <summary>The endpoint; null when nothing says which.</summary>
    internal string? EndpointName { get; }

    /// <summary>A key for <see cref="NameCache"/>.</summary>
    internal string Key(string kind, string? of = null) => $"{Client.Workspace.ConnectionId}/{kind}/{of}";

    /// <summary>The scope of a command; null when no workspace is connected.</summary>
    /// <param name="command">The command, with its pipeline around it.</param>
    /// <param name="bound">Values typed before the cursor, by parameter.</param>
    internal static CompletionScope? Of(CommandAst? command, IDictionary? bound)
    {
        if (!EngineHost.IsCreated)
        {
            return null;
        }

        EndpointReference? endpoint = EndpointParameters.Select(name => ToEndpoint(bound?[name])).FirstOrDefault(found => found is not null) ?? Upstream(command);
        IMlWorkspaceClient? client = Named(bound?["Workspace"] ?? bound?["Connection"]);
        if (client is null && endpoint?.ConnectionId is { Length: > 0 } connectionId)
        {
            client = EngineHost.Engine.FindConnection(connectionId);
        }

        client ??= ConnectionResolver.OfRunspace() is [.., var newest] ? newest : null;
        return client is null ? null : new CompletionScope(client, endpoint?.Name);
    }

    private static IMlWorkspaceClient? Named(object? value)
    {
        if (value is null || !LanguagePrimitives.TryConvertTo(value, out WorkspaceReference workspace))
        {
            return null;
        }

        try
        {
            return ConnectionResolver.Resolve(workspace, [], isChange: false);
        }
        catch (MlException)
        {
            return null;
        }
    }

    /// <summary>The endpoint that comes down the pipeline to the command.</summary>
    private static EndpointReference? Upstream(CommandAst? command)
    {
        if (command?.Parent is not PipelineAst pipeline)
        {
            return null;
        }

        for (int index = pipeline.PipelineElements.IndexOf(command) - 1; index >= 0; index--)
        {
            EndpointReference? found = pipeline.PipelineElements[index] switch
            {
                CommandExpressionAst expression => ToEndpoint(Value(expression.Expression)),
                CommandAst earlier => NamedBy(earlier),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The endpoint that a command names, such as <c>Get-MlEndpoint heart</c> or <c>Get-MlDeployment -Endpoint heart</c>.</summary>
    private static EndpointReference? NamedBy(CommandAst command)
    {
        if (command.GetCommandName() is not { } name)
        {
            return null;
        }

        Dictionary<string, ParameterBindingResult> parameters = StaticParameterBinder.BindCommand(command, resolve: true).BoundParameters;
        IEnumerable<string> candidates = name.Contains("-MlEndpoint", StringComparison.OrdinalIgnoreCase) ? EndpointParameters.Append("Name") : EndpointParameters;
        foreach (string candidate in candidates)
        {
            if (parameters.TryGetValue(candidate, out ParameterBindingResult? bound) &&
                ToEndpoint(bound.ConstantValue ?? Value(bound.Value)) is { } endpoint)
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>The value of a literal or a plain variable; null for whatever would have to be run.</summary>
    private static object? Value(Ast? expression) => expression switch
    {
        StringConstantExpressionAst text => text.Value,
        VariableExpressionAst { Splatted: false, VariablePath.IsVariable: true } variable => ScriptBlock.Create(variable.Extent.Text).InvokeReturnAsIs(),
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst inner] } } => Value(inner.Expression),
        _ => null,
    };

    private static EndpointReference? ToEndpoint(object? value)
    {
        object? one = value is PSObject { BaseObject: object?[] wrapped } ? wrapped.FirstOrDefault() : value is object?[] many ? many.FirstOrDefault() : value;
        return one is not null && LanguagePrimitives.TryConvertTo(one, out EndpointReference endpoint) && endpoint is not null && !WildcardPattern.ContainsWildcardCharacters(endpoint.Name)
            ? endpoint
            : null;
    }
}
