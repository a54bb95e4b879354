using System.Collections.Concurrent;
using System.Net;
using FsCheck;
using FsCheck.Xunit;
using MlflowRollout.Engine.Scoring;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

public sealed class RowStreamPropertyTests
{
    [Property(MaxTest = 60)]
    public void Run_RandomFailures_EveryRowOnceInOrderWithItsOwnPrediction(int seed, PositiveInt size, PositiveInt batch, bool adapt)
    {
        Random random = new(seed);
        int count = size.Get * 7 % 900;
        int batchSize = (batch.Get % 40) + 1;
        HashSet<long> bad = [.. Enumerable.Range(0, count).Where(_ => random.Next(40) == 0).Select(id => (long)id)];
        HashSet<long> unconvertible = [.. Enumerable.Range(0, count).Where(_ => random.Next(40) == 0).Select(id => (long)id)];
        ConcurrentDictionary<string, int> failures = new();
        ScriptedService service = new(async (request, _) =>
        {
            double draw;
            lock (random)
            {
                draw = random.NextDouble();
            }

            await Task.Yield();

            // At most two failures on the way for each body, so that nothing is given up.
            if (draw < 0.4 && failures.AddOrUpdate(request.Body, 1, (_, times) => times + 1) <= 2)
            {
                return draw switch
                {
                    < 0.1 => throw new HttpRequestException("reset"),
                    < 0.2 => ScriptedService.Json("{}", HttpStatusCode.ServiceUnavailable),
                    < 0.3 => ScriptedService.Json("{}", HttpStatusCode.GatewayTimeout),
                    _ => ScriptedService.Json("{}", HttpStatusCode.TooManyRequests),
                };
            }

            return request.FirstColumn().Any(bad.Contains)
                ? ScriptedService.Json("bad row", draw > 0.7 ? HttpStatusCode.RequestTimeout : HttpStatusCode.FailedDependency)
                : StreamSetup.Double(request);
        });
        using RowStream stream = StreamSetup.Open(service, new HurriedTime(), batchSize, adapt ? null : 6);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, count).Select(id => StreamSetup.Row(id, unconvertible.Contains(id) ? "1.5" : null)));

        Assert.Equal(count, results.Count);
        for (int id = 0; id < count; id++)
        {
            Assert.Equal(id, results[id].Index);
            Assert.Equal("input " + id, results[id].Input);
            bool failed = bad.Contains(id) || unconvertible.Contains(id);
            Assert.Equal(failed, results[id].Error is not null);
            Assert.Equal(failed ? null : id * 2L, results[id].Prediction);
        }
    }
}
