using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Operations;

/// <summary>Deletions are believed only when the thing is gone.</summary>
internal static class Deletion
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private const int Attempts = 60;

    /// <summary>Reads until the resource is absent; raises the operation's error otherwise.</summary>
    public static async Task VerifyAsync(
        MachineLearningResource resource, string what, string errorId, object target, OperationOutcome outcome, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (!outcome.IsSuccess)
        {
            throw ServiceErrors.FromOperation(errorId, $"Deleting {what}", outcome.State, outcome.Error, outcome.CorrelationId, target, []);
        }

        for (int attempt = 1; ; attempt++)
        {
            JsonObject? body = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
            if (body is null)
            {
                return;
            }

            string? state = body.Object("properties").Text("provisioningState");
            if (attempt == Attempts || !string.Equals(state, "Deleting", StringComparison.OrdinalIgnoreCase))
            {
                throw new MlOperationException(
                    errorId, MlErrorCategory.InvalidResult, $"The service reported {what} as deleted, but it is still there in state {state}.")
                {
                    Target = target,
                    RecommendedAction = "Look at it again and repeat the deletion; the service's support can help with the correlation id.",
                    CorrelationId = outcome.CorrelationId,
                };
            }

            await Task.Delay(Interval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
