using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Operations;

/// <summary>Starts a call that the service refuses while another operation runs on the endpoint (service fact: it says <c>in Updating provisioning state</c>).</summary>
internal static class BusyRetry
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Repeats the call while it is refused as busy, within the deadline.</summary>
    public static async Task<T> RunAsync<T>(
        WorkspaceConnection connection, string what, Func<CancellationToken, Task<T>> call, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        long started = connection.TimeProvider.GetTimestamp();
        TimeSpan limit = timeout is { } given && given < LongestWait ? given : LongestWait;
        TimeSpan delay = FirstDelay;
        bool told = false;
        while (true)
        {
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (MlConflictException exception) when (IsBusy(exception) && connection.TimeProvider.GetElapsedTime(started) + delay < limit)
            {
                if (!told)
                {
                    told = true;
                    context.Information($"Another operation runs on {what}; waiting for it. The service says: {exception.Message}");
                }

                await Task.Delay(delay, connection.TimeProvider, cancellationToken).ConfigureAwait(false);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }

    private static bool IsBusy(MlConflictException exception) =>
        exception.StatusCode == 409
        && (exception.Message.Contains("provisioning state", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("in progress", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("another operation", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("busy", StringComparison.OrdinalIgnoreCase));
}
