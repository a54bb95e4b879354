using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace MlflowRollout.Commands;

/// <summary>Tells an empty variable (<c>$green | Set-MlTraffic …</c> after green failed) from a query that found nothing.</summary>
internal static class EmptyPipeline
{
    /// <summary>
    /// The error for a command whose input came from an expression that held nothing. PowerShell does not call the command for it, so that without this
    /// the step would be skipped in silence. A command before it in the pipeline may well find nothing; that is no error.
    /// </summary>
    /// <param name="invocation">The command's invocation.</param>
    /// <param name="parameter">Parameter that was to take the input.</param>
    /// <returns>Null when the pipeline gives no reason for the error.</returns>
    internal static MlValidationException? Error(InvocationInfo invocation, string parameter) =>
        invocation is { ExpectingInput: true, PipelinePosition: 2 } && FollowsAnExpression(invocation.InvocationName)
            ? new MlValidationException(
                MlErrorIds.EarlierStepFailed, $"Nothing was piped to -{parameter}, so there is nothing to act on: an earlier command failed or gave no object.")
            {
                RecommendedAction = "See the error before this one. With $ErrorActionPreference = 'Stop' a script ends there instead of going on.",
            }
            : null;

    /// <summary>
    /// Whether the missing input may be that of an earlier step that made nothing under <c>-WhatIf</c>: a variable, or a command that changes things. A query that
    /// found nothing means that there is nothing to do. For the pipeline thread only.
    /// </summary>
    /// <param name="invocation">The command's invocation.</param>
    internal static bool MayComeFromAChange(InvocationInfo invocation) =>
        Before(invocation.InvocationName) is not { } earlier ||
        earlier.Any(element => element is CommandExpressionAst || (element is CommandAst command && IsChange(command.GetCommandName())));

    /// <summary>
    /// Whether the statement that runs now begins with an expression right before the command. In the place of a variable that holds nothing PowerShell puts a
    /// command of its own, so that the position in the pipeline is that of a second command.
    /// </summary>
    private static bool FollowsAnExpression(string command) =>
        Before(command) is [CommandExpressionAst { Expression: not ArrayExpressionAst }];

    /// <summary>What stands before the command in its pipeline; null when the statement that runs now cannot be had.</summary>
    private static CommandBaseAst[]? Before(string command)
    {
        string? statement = Runspace.DefaultRunspace?.Debugger?.GetCallStack().FirstOrDefault()?.Position?.Text;
        return statement is null
            ? null
            : Parser.ParseInput(statement, out _, out _)
                .FindAll(ast => ast is PipelineAst, searchNestedScriptBlocks: false)
                .Cast<PipelineAst>()
                .Select(pipeline => pipeline.PipelineElements
                    .TakeWhile(element => element is not CommandAst known || !string.Equals(known.GetCommandName(), command, StringComparison.OrdinalIgnoreCase))
                    .ToArray() is var before && before.Length > 0 && before.Length < pipeline.PipelineElements.Count ? before : null)
                .FirstOrDefault(before => before is not null);
    }

    private static bool IsChange(string? name) =>
        name is not null && name.Contains("-Ml", StringComparison.OrdinalIgnoreCase) &&
        !name.StartsWith("Get-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Wait-", StringComparison.OrdinalIgnoreCase);
}
