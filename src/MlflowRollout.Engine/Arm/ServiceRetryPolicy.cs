using System.Globalization;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace MlflowRollout.Engine.Arm;

/// <summary>
/// Retries calls that are safe to repeat, honouring <c>Retry-After</c>, within a total time. A call that the service did not take on (429, 503) may always
/// be repeated; other failures only for calls that give the same result twice. Azure.Core's own policy is not used since its waits cannot be
/// driven by a <see cref="TimeProvider"/> and it also repeats POST.
/// </summary>
internal sealed class ServiceRetryPolicy : HttpPipelinePolicy
{
    /// <summary>Message property that marks a POST as safe to repeat (it reads).</summary>
    public const string SafePostProperty = "MlflowRollout.SafePost";

    /// <summary>Message property that marks a call whose caller finds out by itself whether it was carried out.</summary>
    public const string OnceProperty = "MlflowRollout.Once";

    private const int MaximumAttempts = 5;
    private const int AttemptsWhenRefusedHere = 3;
    private static readonly TimeSpan TotalTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _timeProvider;
    private readonly Random _random;

    /// <summary>Makes the policy.</summary>
    public ServiceRetryPolicy(TimeProvider timeProvider, Random random)
    {
        _timeProvider = timeProvider;
        _random = random;
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The engine calls the service asynchronously only.");

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        long started = _timeProvider.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            Exception? failure = null;
            try
            {
                await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RequestFailedException { Status: 0 } or IOException or HttpRequestException)
            {
                failure = exception;
            }

            int attempts = IsRefusedHere(failure, message) ? AttemptsWhenRefusedHere : MaximumAttempts;
            TimeSpan? delay = attempt < attempts && !message.CancellationToken.IsCancellationRequested
                ? DelayBefore(message, failure, attempt, _timeProvider.GetElapsedTime(started))
                : null;
            if (delay is null)
            {
                if (failure is not null)
                {
                    throw failure;
                }

                return;
            }

            if (failure is null)
            {
                message.Response.Dispose();
            }

            await Task.Delay(delay.Value, _timeProvider, message.CancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan? DelayBefore(HttpMessage message, Exception? failure, int attempt, TimeSpan elapsed)
    {
        if (failure is null && !message.Response.IsError)
        {
            return null;
        }

        bool refusedUntouched = failure is null && message.Response.Status is 429 or 503;
        bool transient = failure is not null || message.Response.Status is 408 or 429 or 500 or 502 or 503 or 504;
        if (!transient || (!refusedUntouched && !IsRepeatable(message)))
        {
            return null;
        }

        TimeSpan backOff = TimeSpan.FromMilliseconds(
            Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestDelay.TotalMilliseconds) * (0.8 + (Jitter() * 0.4)));
        TimeSpan delay = failure is null ? RetryAfter(message.Response) ?? backOff : backOff;
        return elapsed + delay > TotalTime ? null : delay;
    }

    // Nothing listens on this machine's port: an emulator that was stopped, which more waiting does not bring back.
    private static bool IsRefusedHere(Exception? failure, HttpMessage message) =>
        message.Request.Uri.Host is "127.0.0.1" or "localhost" or "::1" or "[::1]"
        && failure?.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private double Jitter()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    private static bool IsRepeatable(HttpMessage message) =>
        message.Request.Method == RequestMethod.Post
            ? message.TryGetProperty(SafePostProperty, out object? safe) && safe is true
            : !(message.TryGetProperty(OnceProperty, out object? once) && once is true);

    private TimeSpan? RetryAfter(Response response)
    {
        if (response.Headers.TryGetValue("x-ms-retry-after-ms", out string? milliseconds)
            && double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            return TimeSpan.FromMilliseconds(Math.Max(0, value));
        }

        if (!response.Headers.TryGetValue("Retry-After", out string? text))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            return TimeSpan.FromSeconds(Math.Max(0, seconds));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            && moment - _timeProvider.GetUtcNow() is { Ticks: > 0 } delay
            ? delay
            : null;
    }
}
