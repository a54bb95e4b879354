using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Operations;

/// <summary>Operations that another session or process started, found by the address that the service keeps in the resource.</summary>
internal static class RunningOperation
{
    /// <summary>Waits until the resource's running operation ends; a resource at rest is an outcome at once.</summary>
    public static async Task<OperationOutcome> WaitAsync(
        WorkspaceConnection connection,
        MachineLearningResource resource,
        JsonObject body,
        string what,
        string resumeWith,
        Func<CancellationToken, Task<string?>>? lastLogLine,
        TimeSpan? timeout,
        IMlOperationContext context,
        CancellationToken cancellationToken)
    {
        string? state = body.Object("properties").Text("provisioningState");
        Uri? address = ResourceMapping.OperationOf(body);
        if (OperationWaiter.IsFinal(state))
        {
            JsonObject? error = string.Equals(state, "Succeeded", StringComparison.OrdinalIgnoreCase)
                ? null
                : await TryReadErrorAsync(resource, address, cancellationToken).ConfigureAwait(false);
            return new OperationOutcome(state!, error, body, null);
        }

        bool deleting = string.Equals(state, "Deleting", StringComparison.OrdinalIgnoreCase);
        if (deleting)
        {
            throw new MlOperationException(
                MlErrorIds.StateUnreachable,
                MlErrorCategory.InvalidOperation,
                $"{char.ToUpperInvariant(what[0])}{what[1..]} in workspace {connection.Workspace.Name} is being deleted; it will not become ready any more.")
            {
                Target = what,
            };
        }

        return await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = address is null
                    ? StartedOperation.Untracked(resource, resource.ReadAddress, body)
                    : StartedOperation.Resume(resource, resource.ReadAddress, body, address),
                Activity = $"Waiting for {what}",
                Subject = $"{char.ToUpperInvariant(what[0])}{what[1..]} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = resumeWith,
                Timeout = timeout,
                LastLogLine = lastLogLine,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The error of the latest operation on a resource that failed; null when the service no longer knows it.</summary>
    public static async Task<JsonObject?> TryReadErrorAsync(MachineLearningResource resource, Uri? address, CancellationToken cancellationToken)
    {
        if (address is null)
        {
            return null;
        }

        try
        {
            using Response response = await resource.SendAsync(RequestMethod.Get, resource.Trusted(address), null, cancellationToken).ConfigureAwait(false);
            return JsonBody.TryParseObject(response.Content.ToMemory().Span).Object("error");
        }
        catch (MlException)
        {
            // The reason is a courtesy; the failed state is what counts.
            return null;
        }
    }
}
