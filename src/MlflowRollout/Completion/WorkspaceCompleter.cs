using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlflowRollout.LoadContext;

namespace MlflowRollout.Completion;

/// <summary>Completes names of connected workspaces.</summary>
public sealed class WorkspaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        EngineHost.IsCreated
            ? CompletionText.Matching(EngineHost.Engine.Connections.Select(client => (client.Workspace.Name, $"{client.Workspace.Kind} workspace, {client.Workspace.Account}")), wordToComplete)
            : [];
}
