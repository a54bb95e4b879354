using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// A copy of an answered request, run on the mirror's deployment. Its reply is dropped; counters and the log keep it. The mirror's own
/// admission bounds how many copies exist: what it does not admit is counted there as 429 and gone.
/// </summary>
internal sealed class MirrorCopy : IThreadPoolWorkItem
{
    private readonly TimeProvider _time;
    private readonly ObjectPool<ModelExchange> _exchanges;
    private readonly RunningDeployment _deployment;
    private readonly string? _contentType;
    private readonly byte[] _body;
    private readonly int _length;

    private MirrorCopy(TimeProvider time, ObjectPool<ModelExchange> exchanges, RunningDeployment deployment, ReadOnlySpan<byte> body, string? contentType)
    {
        _time = time;
        _exchanges = exchanges;
        _deployment = deployment;
        _contentType = contentType;
        _body = ArrayPool<byte>.Shared.Rent(Math.Max(1, body.Length));
        _length = body.Length;
        body.CopyTo(_body);
    }

    /// <summary>Queues a copy; never waits and never throws.</summary>
    public static void Send(TimeProvider time, ObjectPool<ModelExchange> exchanges, RunningDeployment deployment, ReadOnlySpan<byte> body, string? contentType)
    {
        switch (deployment.Gate.TryReserve())
        {
            case Admission.Admitted:
                ThreadPool.UnsafeQueueUserWorkItem(new MirrorCopy(time, exchanges, deployment, body, contentType), preferLocal: false);
                break;
            case Admission.Full:
                deployment.Metrics.Record(time.GetUtcNow(), 429, 0, TimeSpan.Zero);
                break;
            default:
                break;
        }
    }

    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        var started = _time.GetTimestamp();
        var exchange = _exchanges.Get();
        var status = 500;
        try
        {
            status = await DeploymentRun.RunAsync(_time, _deployment, exchange, _body.AsMemory(0, _length), _contentType, client: null).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for a copy: whatever a model server throws is this deployment's 500.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _deployment.Log.Write('E', failure.ToString());
        }

        var now = _time.GetUtcNow();
        _deployment.Metrics.Record(now, status, DeploymentRun.ModelStatus(status, exchange), _time.GetElapsedTime(started));
        if (status is 200 or 424)
        {
            if (exchange.FailureDetail is { } detail)
            {
                _deployment.Log.Write('E', detail);
            }

            _deployment.Log.WriteAccess(now, exchange.Status, exchange.ExecutionMilliseconds, exchange.Response.Length);
        }

        _deployment.Gate.Release();
        ArrayPool<byte>.Shared.Return(_body);
        exchange.End();
        _exchanges.Return(exchange);
    }
}
