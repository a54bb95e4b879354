using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// The way of a scoring request: authenticate, choose a deployment from one snapshot, admission, model, reply, counters, mirror. No lock
/// that endpoints share is taken on it.
/// </summary>
internal sealed class ScoringHandler(ServingPlane plane, ConnectionDrain connections)
{
    private readonly TimeProvider _time = plane.Time;
    private readonly IRandomSource _random = plane.Random;
    private readonly ObjectPool<ModelExchange> _exchanges = new DefaultObjectPool<ModelExchange>(new DefaultPooledObjectPolicy<ModelExchange>(), 256);

    public async Task ScoreAsync(HttpContext context, string endpointName)
    {
        var started = _time.GetTimestamp();
        GatewayAnswer.WriteCommonHeaders(context, _random);
        if (Admit(context, endpointName, out var refusal) is not { } admitted)
        {
            if (refusal.Metrics is { } metrics)
            {
                metrics.Record(_time.GetUtcNow(), refusal.Status, 0, _time.GetElapsedTime(started));
            }

            await GatewayAnswer.WriteAsync(context, refusal.Status, GatewayAnswer.Text, refusal.Body).ConfigureAwait(false);
            return;
        }

        var (deployment, mirror) = admitted;
        if (ContainerHeaders.Refusal(context) is { } tooLong)
        {
            deployment.Gate.Release();
            deployment.Metrics.Record(_time.GetUtcNow(), 424, tooLong.Status, _time.GetElapsedTime(started));
            await WriteDirectAsync(context, deployment, tooLong).ConfigureAwait(false);
            return;
        }

        var reserved = true;
        var exchange = _exchanges.Get();
        RequestBody body = default;
        var hasBody = false;
        try
        {
            LiftSizeLimit(context);
            body = await RequestBody.ReadAsync(context.Request.BodyReader).ConfigureAwait(false);
            hasBody = true;
            var contentType = context.Request.ContentType ?? string.Empty;
            var status = await DeploymentRun.RunAsync(_time, deployment, exchange, body.Memory, contentType, context).ConfigureAwait(false);

            // The answer is in the exchange: the place is free for the next request while this one is written out.
            deployment.Gate.Release();
            reserved = false;
            Account(deployment, exchange, status, started, context.Request);
            if (status != DeploymentRun.Abandoned)
            {
                await ReplyAsync(context, deployment, exchange, status).ConfigureAwait(false);
            }

            if (mirror is not null)
            {
                MirrorCopy.Send(_time, _exchanges, mirror, body.Memory.Span, contentType);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The client went away while sending; there is nobody to answer.
            context.Abort();
        }
        finally
        {
            if (reserved)
            {
                deployment.Gate.Release();
            }

            if (hasBody)
            {
                body.Return();
            }

            exchange.End();
            _exchanges.Return(exchange);
        }
    }

    /// <summary>A request that needs no run of the model, answered as the container behind the front door does.</summary>
    public async Task AnswerAsModelAsync(HttpContext context, string endpointName, Func<HttpContext, RunningDeployment, DirectAnswer> answer)
    {
        GatewayAnswer.WriteCommonHeaders(context, _random);
        if (Admit(context, endpointName, out var refusal) is not { } admitted)
        {
            await GatewayAnswer.WriteAsync(context, refusal.Status, GatewayAnswer.Text, refusal.Body).ConfigureAwait(false);
            return;
        }

        var deployment = admitted.Deployment;
        var started = _time.GetTimestamp();
        DirectAnswer direct;
        try
        {
            direct = ContainerHeaders.Refusal(context) ?? answer(context, deployment);
        }
        finally
        {
            deployment.Gate.Release();
        }

        if (direct.IsLogged)
        {
            deployment.Log.WriteAccess(_time.GetUtcNow(), direct.Status, _time.GetElapsedTime(started).TotalMilliseconds, direct.Body.Length, Target(context.Request));
        }

        await WriteDirectAsync(context, deployment, direct).ConfigureAwait(false);
    }

    private static async ValueTask WriteDirectAsync(HttpContext context, RunningDeployment deployment, DirectAnswer direct)
    {
        GatewayAnswer.WriteModelHeaders(context, deployment.Name, execution: null, functionFailed: false);
        if (direct.Status != 200)
        {
            GatewayAnswer.WriteModelError(context.Response.Headers, direct.Status, direct.Reason);
        }

        await GatewayAnswer.WriteAsync(context, direct.Status == 200 ? 200 : 424, direct.ContentType, direct.Body).ConfigureAwait(false);
    }

    /// <summary>Method and path as the container sees them; null for the usual.</summary>
    private static string? Target(HttpRequest request)
    {
        if (HttpMethods.IsPost(request.Method))
        {
            return null;
        }

        var path = request.Path.Value ?? "/";
        return $"{request.Method} {path[path.LastIndexOf('/')..]}{request.QueryString}";
    }

    private static void LiftSizeLimit(HttpContext context)
    {
        // The service states no limit; what bounds memory is how many requests a deployment admits.
        if (context.Request.ContentLength is null or > 1 << 20
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = null;
        }
    }

    private async ValueTask ReplyAsync(HttpContext context, RunningDeployment deployment, ModelExchange exchange, int status)
    {
        var headers = context.Response.Headers;
        connections.Answering(headers);
        if (status == 408)
        {
            headers[GatewayAnswer.DeploymentHeader] = deployment.Name;
            await GatewayAnswer.WriteAsync(context, status, GatewayAnswer.Text, GatewayAnswer.RequestTimeout).ConfigureAwait(false);
            return;
        }

        GatewayAnswer.WriteModelHeaders(context, deployment.Name, exchange.FormatExecution(), exchange.FunctionFailed);
        if (status == 424)
        {
            GatewayAnswer.WriteModelError(headers, exchange.Status, exchange.Reason);
        }

        await GatewayAnswer.WriteAsync(context, status, GatewayAnswer.Json, exchange.Response).ConfigureAwait(false);
    }

    /// <summary>Counts a request and writes the container's log.</summary>
    private void Account(RunningDeployment deployment, ModelExchange exchange, int status, long started, HttpRequest request)
    {
        if (status == DeploymentRun.Abandoned)
        {
            return;
        }

        var now = _time.GetUtcNow();
        deployment.Metrics.Record(now, status, DeploymentRun.ModelStatus(status, exchange), _time.GetElapsedTime(started));
        if (status == 408)
        {
            return;
        }

        if (exchange.FailureDetail is { } detail)
        {
            deployment.Log.Write('E', detail);
        }

        deployment.Log.WriteAccess(now, exchange.Status, exchange.ExecutionMilliseconds, exchange.Response.Length, Target(request));
    }

    /// <summary>Authenticates and reserves a place in the deployment that the newest snapshot gives this request.</summary>
    private (RunningDeployment Deployment, RunningDeployment? Mirror)? Admit(HttpContext context, string endpointName, out Refusal refusal)
    {
        var snapshot = plane.Find(endpointName);
        if (snapshot is null)
        {
            refusal = new Refusal(404, GatewayAnswer.UnknownEndpoint(endpointName), null);
            return null;
        }

        if (!snapshot.Authorizes(context.Request.Headers.Authorization))
        {
            refusal = new Refusal(401, snapshot.DeniedText, plane.Unrouted(endpointName));
            return null;
        }

        var pinned = context.Request.Headers.TryGetValue(GatewayAnswer.DeploymentHeader, out var header) ? header.ToString() : null;
        if (string.IsNullOrWhiteSpace(pinned))
        {
            pinned = null;
        }

        while (true)
        {
            var deployment = pinned is null ? snapshot.Draw(_random) : snapshot.Pinned(pinned.Trim());
            if (deployment is null)
            {
                refusal = new Refusal(
                    404,
                    pinned is null ? GatewayAnswer.NoDeployment(endpointName) : GatewayAnswer.UnknownDeployment(endpointName, pinned),
                    plane.Unrouted(endpointName));
                return null;
            }

            switch (deployment.Gate.TryReserve())
            {
                case Admission.Admitted:
                    refusal = default;
                    return (deployment, pinned is null && snapshot.DrawMirror(_random) ? snapshot.Mirror : null);
                case Admission.Full:
                    context.Response.Headers[GatewayAnswer.DeploymentHeader] = deployment.Name;
                    refusal = new Refusal(429, GatewayAnswer.TooManyRequests, deployment.Metrics);
                    return null;
                default:
                    break;
            }

            // The deployment left between the look at the snapshot and here: what replaced the snapshot knows where to go.
            var newest = plane.Find(endpointName);
            if (newest is null)
            {
                refusal = new Refusal(404, GatewayAnswer.UnknownEndpoint(endpointName), null);
                return null;
            }

            if (ReferenceEquals(newest, snapshot))
            {
                refusal = new Refusal(503, GatewayAnswer.NoUpstream, deployment.Metrics);
                return null;
            }

            snapshot = newest;
        }
    }

    private readonly record struct Refusal(int Status, byte[] Body, DeploymentMetrics? Metrics);
}
