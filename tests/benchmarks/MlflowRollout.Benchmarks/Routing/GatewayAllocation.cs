using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Routing;

/// <summary>
/// Counts what the gateway allocates for a request, in this process and without a socket: a model that answers at once, half of the requests mirrored.
/// What the request's own context takes is measured apart and taken off.
/// </summary>
internal sealed class GatewayAllocation : IModelServerFactory
{
    private const string Endpoint = "routing";
    private const string EndpointKey = "a-key-of-the-benchmark-that-is-long-enough";
    private const int WarmUp = 200_000;
    private const int Requests = 100_000;

    private readonly byte[] _body = System.Text.Encoding.UTF8.GetBytes(Load.ServedEmulator.OneRow());

    public string Flavor => "instant";

    public static async Task<IReadOnlyList<AllocationResult>> MeasureAsync(IReadOnlyList<int> counts)
    {
        // Once for nothing: what runs first is compiled on the way.
        await new GatewayAllocation().MeasureAsync(counts[0]);
        List<AllocationResult> results = [];
        foreach (int count in counts)
        {
            results.Add(await new GatewayAllocation().MeasureAsync(count));
        }

        return results;
    }

    public Task<IModelServer> StartAsync(ModelServerContext context, CancellationToken cancellationToken) => Task.FromResult<IModelServer>(new InstantModel());

    private async Task<AllocationResult> MeasureAsync(int count)
    {
        using TemporaryFolder model = new();
        model.Write("MLmodel", "flavors:\n  instant: {}\n");
        await using ServingPlane plane = new(TimeProvider.System, new SeededRandomSource(1), [this]);
        List<DeploymentRoute> routes = [];
        for (int i = 0; i <= count; i++)
        {
            IRunningDeployment running = await plane.StartAsync(
                new DeploymentSpecification(Endpoint, $"d{i}", model.Path, "models/heart/versions/1", 1, 1_000_000, TimeSpan.Zero, TimeSpan.FromMinutes(1), new Dictionary<string, string>()),
                CancellationToken.None);

            // The last one is the mirror.
            routes.Add(new DeploymentRoute(running, i < count ? 100 / count : 0, i < count ? 0 : 50));
        }

        plane.Publish(new EndpointRoute(Endpoint, EndpointAuthMode.Key, EndpointKey, string.Empty, static _ => false, routes));
        ScoringHandler handler = new(plane, new ConnectionDrain(TimeProvider.System));
        await RunAsync(handler, WarmUp);
        await RunAsync(null, WarmUp);
        (double bytes, double nanoseconds) = await TakeAsync(handler);
        (double ownBytes, double ownNanoseconds) = await TakeAsync(null);
        return new AllocationResult(count, bytes - ownBytes, nanoseconds - ownNanoseconds);
    }

    private async Task<(double Bytes, double Nanoseconds)> TakeAsync(ScoringHandler? handler)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        await RunAsync(handler, Requests);
        double nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        return ((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests, nanoseconds / Requests);
    }

    private async Task RunAsync(ScoringHandler? handler, int requests)
    {
        using MemoryStream body = new(_body, writable: false);
        for (int i = 0; i < requests; i++)
        {
            body.Position = 0;
            DefaultHttpContext context = new();
            context.Request.Method = "POST";
            context.Request.ContentType = "application/json";
            context.Request.ContentLength = _body.Length;
            context.Request.Body = body;
            context.Request.Headers.Authorization = "Bearer " + EndpointKey;
            context.Response.Body = Stream.Null;
            if (handler is null)
            {
                _ = context.Request.BodyReader;
                _ = context.Response.BodyWriter;
            }
            else
            {
                await handler.ScoreAsync(context, Endpoint);
                if (context.Response.StatusCode != 200)
                {
                    throw new InvalidOperationException($"The gateway answered {context.Response.StatusCode}.");
                }
            }
        }
    }

    private sealed class InstantModel : IModelServer
    {
        public bool EnforcesDeadline => true;

        public ServiceDescription Description { get; } = new(Array.Empty<byte>(), Array.Empty<byte>());

        public ValueTask ScoreAsync(ModelExchange exchange, CancellationToken cancellationToken)
        {
            exchange.ResponseWriter.Write("[1]"u8);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
