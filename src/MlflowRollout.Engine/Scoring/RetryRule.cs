using System.Net.Http.Headers;

namespace MlflowRollout.Engine.Scoring;

/// <summary>When and how often a request of a row stream is sent again.</summary>
internal sealed class RetryRule(TimeProvider time, Random random)
{
    // Being throttled means the service works; it is waited out much longer than a failure.
    private const int MostThrottled = 60;
    private const int MostFailed = 8;
    private const int MostBeforeFirstSuccess = 4;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(60);

    /// <summary>Whether a status, or the lack of an answer (0), may go away by itself.</summary>
    public static bool IsTransient(int status) => status is 0 or 429 or 502 or 503 or 504;

    /// <summary>Whether to try again.</summary>
    /// <param name="status">Status of the last attempt; 0 for none.</param>
    /// <param name="failures">Attempts of this request that failed so far.</param>
    /// <param name="anySuccess">Whether any request of the stream has been answered yet.</param>
    public static bool MayRetry(int status, int failures, bool anySuccess) => status switch
    {
        429 => failures < MostThrottled,
        0 when !anySuccess => failures < MostBeforeFirstSuccess,
        _ => IsTransient(status) && failures < MostFailed,
    };

    /// <summary>Waits before the next attempt: what the service asks, else exponentially longer with jitter.</summary>
    public Task WaitAsync(int failures, TimeSpan? asked, CancellationToken cancellationToken)
    {
        double share;
        lock (random)
        {
            share = random.NextDouble();
        }

        TimeSpan delay;
        if (asked is { } wish)
        {
            // A little more than asked, so that many clients do not come back in the same moment.
            delay = (wish < LongestAsked ? wish : LongestAsked) + (share * First);
        }
        else
        {
            double doubled = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 20));
            delay = TimeSpan.FromMilliseconds(Math.Min(doubled, Longest.TotalMilliseconds) * (0.5 + (share / 2)));
        }

        return Task.Delay(delay, time, cancellationToken);
    }

    /// <summary>The header as a time to wait.</summary>
    public static TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header, TimeProvider time)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait is { } value && value < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
