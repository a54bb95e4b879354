using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using MlflowRollout.Emulator.Serving;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Gateway;

/// <summary>A model server whose answers a test lets out one by one, or at once.</summary>
internal sealed class FakeModelServer : IModelServer
{
    private readonly SemaphoreSlim _arrivals = new(0);

    public bool EnforcesDeadline { get; init; }

    public ServiceDescription Description { get; } = new("{\"swagger\":\"2.0\"}"u8.ToArray(), "{\"openapi\":\"3.0.3\"}"u8.ToArray());

    /// <summary>Where set, each request waits for a release.</summary>
    public SemaphoreSlim? Door { get; set; }

    /// <summary>Where set, requests fail with it.</summary>
    public (int Status, string Reason, string Body)? Failure { get; set; }

    public ConcurrentQueue<string> Bodies { get; } = new();

    public bool Disposed { get; private set; }

    public async ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken)
    {
        Assert.False(Disposed, "a request reached a server that was ended");
        Bodies.Enqueue(Encoding.UTF8.GetString(exchange.Request.Span));
        _arrivals.Release();
        if (Door is { } door)
        {
            await door.WaitAsync(cancellationToken);
        }

        if (Failure is { } failure)
        {
            exchange.Answer(failure.Status, failure.Reason, functionFailed: true);
            exchange.ResponseWriter.Write(Encoding.UTF8.GetBytes(failure.Body));
            return;
        }

        exchange.ExecutionMilliseconds = 1.5;
        exchange.ResponseWriter.Write("[1]"u8);
    }

    /// <summary>Completes when one more request has reached the model.</summary>
    public Task ArrivalAsync() => _arrivals.WaitAsync(TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
