using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;

namespace MlflowRollout.Engine.Scoring;

/// <summary>
/// Sends requests to one endpoint: credential, pin, ids, a deadline for each attempt. A 401 gets the key once more, for all requests at once; nothing else
/// is retried here.
/// </summary>
internal sealed class ScoringTransport : IDisposable
{
    private const int LargestBody = 512 * 1024 * 1024;

    private readonly Func<HttpMessageHandler> _handler;
    private readonly IScoringSource _source;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly string _idPrefix = Guid.NewGuid().ToString("N")[..24] + "-";
    private long _lastId;
    private volatile Pipe? _pipe;
    private volatile Authorization? _authorization;
    private volatile string? _lastDeployment;

    /// <summary>Makes a transport.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="handler">Gives the pooled handler of the moment (connecting again replaces it); it is not owned.</param>
    /// <param name="source">Key and more.</param>
    /// <param name="time">Clock.</param>
    public ScoringTransport(ScoringTarget target, Func<HttpMessageHandler> handler, IScoringSource source, TimeProvider time)
    {
        Target = target;
        _handler = handler;
        _source = source;
        _time = time;
    }

    /// <summary>Where requests go.</summary>
    public ScoringTarget Target { get; }

    /// <summary>Clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>The source of keys.</summary>
    public IScoringSource Source => _source;

    /// <summary>Posts a body for scoring.</summary>
    public ValueTask<ScoringReply> PostAsync(ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(Target.ScoringUri, body, Target.DeploymentName, timeout, cancellationToken);

    /// <summary>Gets the description of the deployment that is named, or of whichever answers.</summary>
    public ValueTask<ScoringReply> GetSwaggerAsync(string? deploymentName, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(Target.SwaggerUri, null, deploymentName, timeout, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _renewing.Dispose();

    private HttpMessageInvoker Http()
    {
        HttpMessageHandler handler = _handler();
        Pipe? pipe = _pipe;
        if (pipe is null || !ReferenceEquals(pipe.Handler, handler))
        {
            _pipe = pipe = new Pipe(handler, new HttpMessageInvoker(handler, disposeHandler: false));
        }

        return pipe.Invoker;
    }

    private async ValueTask<ScoringReply> SendAsync(
        Uri uri, ReadOnlyMemory<byte>? body, string? deployment, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Authorization authorization = _authorization is { } known && !known.IsStale(_time) ? known : await RenewAsync(_authorization, cancellationToken).ConfigureAwait(false);
        ScoringReply reply = await AttemptAsync(uri, body, deployment, authorization, timeout, cancellationToken).ConfigureAwait(false);
        if (reply.Status != 401)
        {
            authorization.Proven |= reply.Status != 0;
            return reply;
        }

        // A key that was fetched because of a 401 and never worked is not asked for again.
        if (!_source.CanRefresh || (authorization.AfterRefusal && !authorization.Proven))
        {
            return reply;
        }

        Authorization renewed = await RenewAsync(authorization, cancellationToken, afterRefusal: true).ConfigureAwait(false);
        reply.Dispose();
        reply = await AttemptAsync(uri, body, deployment, renewed, timeout, cancellationToken).ConfigureAwait(false);
        renewed.Proven |= reply.Status is not (0 or 401);
        return reply;
    }

    // One caller asks; the others wait for it and use its answer.
    private async ValueTask<Authorization> RenewAsync(Authorization? old, CancellationToken cancellationToken, bool afterRefusal = false)
    {
        await _renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_authorization is { } current && !ReferenceEquals(current, old))
            {
                return current;
            }

            ScoringKey key = await _source.GetKeyAsync(cancellationToken).ConfigureAwait(false);
            if (key.Secret is not null && key.Secret.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
            {
                throw new MlScoringException(
                    MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, $"The key for endpoint '{Target.EndpointName}' has line breaks or control characters in it.")
                {
                    Target = Target.EndpointName, IsTerminating = true, RecommendedAction = "Give the key as one line, for instance trimmed.",
                };
            }

            Authorization renewed = new(key.Secret is null ? null : "Bearer " + key.Secret, key.RenewOn, afterRefusal);
            _authorization = renewed;
            return renewed;
        }
        finally
        {
            _renewing.Release();
        }
    }

    private async ValueTask<ScoringReply> AttemptAsync(
        Uri uri, ReadOnlyMemory<byte>? body, string? deployment, Authorization authorization, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(timeout, _time);
        using CancellationTokenRegistration outer = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, uri);
        string id = _idPrefix + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("x-ms-client-request-id", id);
        if (authorization.Header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization.Header);
        }

        if (deployment is not null)
        {
            request.Headers.TryAddWithoutValidation("azureml-model-deployment", deployment);
        }

        if (body is { } content)
        {
            request.Content = new ReadOnlyMemoryContent(content);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        long start = _time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await Http().SendAsync(request, deadline.Token).ConfigureAwait(false);
            (byte[] buffer, int length) = await ReadBodyAsync(response.Content, deadline.Token).ConfigureAwait(false);
            return Reply(response, _time.GetElapsedTime(start)).WithBody(buffer, length);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A cancellation that nobody asked for is the deadline.
            return new ScoringReply { TimedOut = true, Latency = _time.GetElapsedTime(start), RequestId = id };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ScoringReply { Failure = exception, Latency = _time.GetElapsedTime(start), RequestId = id };
        }
    }

    private ScoringReply Reply(HttpResponseMessage response, TimeSpan latency)
    {
        HttpHeadersNonValidated headers = response.Headers.NonValidated;
        string? deployment = Header(headers, "azureml-model-deployment");
        if (deployment is not null && deployment == _lastDeployment)
        {
            // One text for all results of a deployment.
            deployment = _lastDeployment;
        }
        else
        {
            _lastDeployment = deployment;
        }

        int status = (int)response.StatusCode;
        bool failed = status != 200;
        return new ScoringReply
        {
            Status = status,
            Deployment = deployment,
            RequestId = Header(headers, "x-request-id") ?? Header(headers, "x-ms-request-id"),
            ModelStatus = failed && int.TryParse(Header(headers, "ms-azureml-model-error-statuscode"), NumberStyles.None, CultureInfo.InvariantCulture, out int model) ? model : null,
            ModelReason = failed ? Header(headers, "ms-azureml-model-error-reason") : null,
            RetryAfter = failed ? RetryRule.ReadRetryAfter(response.Headers.RetryAfter, _time) : null,
            Latency = latency,
        };
    }

    private static string? Header(HttpHeadersNonValidated headers, string name)
    {
        if (!headers.TryGetValues(name, out HeaderStringValues values))
        {
            return null;
        }

        foreach (string value in values)
        {
            return value;
        }

        return null;
    }

    private static async ValueTask<(byte[] Buffer, int Length)> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        long expected = content.Headers.ContentLength ?? 4096;
        if (expected > LargestBody)
        {
            throw new HttpRequestException($"The answer of {expected} bytes is larger than the {LargestBody / 1024 / 1024} MiB that are read.");
        }

        // One byte more than expected, so that the end is seen without growing.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)expected + 1);
        int length = 0;
        try
        {
            Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return (buffer, length);
                }

                length += read;
                if (length > LargestBody)
                {
                    throw new HttpRequestException($"The answer is larger than the {LargestBody / 1024 / 1024} MiB that are read.");
                }

                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private sealed record Pipe(HttpMessageHandler Handler, HttpMessageInvoker Invoker);

    /// <summary>One credential in use.</summary>
    private sealed class Authorization(string? header, DateTimeOffset? renewOn, bool afterRefusal)
    {
        public string? Header => header;

        /// <summary>True when it was fetched because the one before was refused.</summary>
        public bool AfterRefusal => afterRefusal;

        /// <summary>True once the service accepted it.</summary>
        public bool Proven { get; set; }

        public bool IsStale(TimeProvider time) => renewOn is { } moment && time.GetUtcNow() >= moment;
    }
}
