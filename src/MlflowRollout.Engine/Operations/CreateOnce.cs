using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Operations;

/// <summary>
/// Creates a resource that was absent when it was looked for. A PUT whose answer was lost may have been carried out, so it is never simply repeated: the
/// resource is looked for again, and one that is there and fits is taken as the one that this call made.
/// </summary>
internal static class CreateOnce
{
    private const int AttemptsOnFailure = 5;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Creates it and returns the operation, or returns the operation of the one that is there.</summary>
    /// <param name="connection">Connection.</param>
    /// <param name="resource">The resource to be.</param>
    /// <param name="body">Body.</param>
    /// <param name="fits">Whether a resource found after a failure is the one that was to be made.</param>
    /// <param name="occupied">The error where it is not.</param>
    /// <param name="timeout">Deadline.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<StartedOperation> RunAsync(
        WorkspaceConnection connection,
        MachineLearningResource resource,
        JsonObject body,
        Func<JsonObject, bool> fits,
        Func<JsonObject, MlException> occupied,
        TimeSpan? timeout,
        IMlOperationContext context,
        CancellationToken cancellationToken)
    {
        long started = connection.TimeProvider.GetTimestamp();
        TimeSpan limit = timeout is { } given && given < LongestWait ? given : LongestWait;
        TimeSpan delay = FirstDelay;
        int failures = 0;
        while (true)
        {
            try
            {
                return await resource.CreateOnceAsync(body, cancellationToken).ConfigureAwait(false);
            }
            catch (MlException exception) when (exception is MlConflictException or { StatusCode: 408 or 429 or >= 500 and not 501 } or MlConnectionException { ErrorId: MlErrorIds.ServiceUnreachable })
            {
                JsonObject? found = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
                if (found is not null)
                {
                    context.Debug($"The answer to the creation of {resource.Id.Name} was lost or refused, and it is there; going on with it.");
                    return !fits(found) ? throw occupied(found)
                        : ResourceMapping.OperationOf(found) is { } address ? StartedOperation.Resume(resource, resource.ReadAddress, found, address)
                        : StartedOperation.Untracked(resource, resource.ReadAddress, found);
                }

                bool tooLong = connection.TimeProvider.GetElapsedTime(started) + delay >= limit;
                if (tooLong || (exception is not MlConflictException && ++failures >= AttemptsOnFailure))
                {
                    throw;
                }

                if (exception is MlConflictException)
                {
                    context.Verbose($"The service is busy with another operation; waiting for it. It says: {exception.Message}");
                }
            }

            await Task.Delay(delay, connection.TimeProvider, cancellationToken).ConfigureAwait(false);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }
}
