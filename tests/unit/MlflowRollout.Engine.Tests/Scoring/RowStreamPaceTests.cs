using System.Net;
using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Engine.Scoring;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>When requests leave: slow producers, rates, and what the deployment admits.</summary>
public sealed class RowStreamPaceTests
{
    private readonly HurriedTime _time = new();

    [Fact]
    public void Wait_BatchNotFullAndNothingUnderWay_SendsWhatIsThere()
    {
        ScriptedService service = new(StreamSetup.Double);
        using RowStream stream = StreamSetup.Open(service, new FakeTimeProvider(), batchSize: 1000);
        using CancellationTokenSource patience = new(StreamSetup.Patience);

        for (int id = 0; id < 3; id++)
        {
            Assert.True(stream.TryAdd(StreamSetup.Row(id)));
            stream.Wait(patience.Token);
            Assert.True(stream.TryTake(out MlPrediction? prediction));
            Assert.Equal(id * 2L, prediction.Prediction);
        }
    }

    [Fact]
    public async Task TryAdd_SlowProducerThatNeverWaits_SentAfterAWhile()
    {
        TaskCompletionSource<string> sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedService service = new(request =>
        {
            sent.TrySetResult(request.Body);
            return StreamSetup.Double(request);
        });
        FakeTimeProvider time = new();
        using RowStream stream = StreamSetup.Open(service, time, batchSize: 1000);

        stream.TryAdd(StreamSetup.Row(1));
        stream.TryAdd(StreamSetup.Row(2));
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(sent.Task.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Contains("""[[1,"k"],[2,"k"]]""", await sent.Task.WaitAsync(StreamSetup.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RateLimit_RequestsAreSpaced()
    {
        FakeTimeProvider time = new();
        SendRate rate = new(4, time);

        Assert.True(rate.WaitAsync(default).AsTask().IsCompleted);
        Task second = rate.WaitAsync(default).AsTask();
        Task third = rate.WaitAsync(default).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal((true, false), (second.IsCompleted, third.IsCompleted));
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(third.IsCompleted);
    }

    [Fact]
    public void Run_AdmissionExceeded_LimitFallsAndAllSucceed()
    {
        // A deployment that admits three at a time and refuses the fourth.
        int inside = 0;
        ScriptedService service = new(async (request, token) =>
        {
            if (Interlocked.Increment(ref inside) > 3)
            {
                Interlocked.Decrement(ref inside);
                return ScriptedService.Json("busy", HttpStatusCode.TooManyRequests);
            }

            await Task.Yield();
            HttpResponseMessage answer = StreamSetup.Double(request);
            Interlocked.Decrement(ref inside);
            return answer;
        });
        using RowStream stream = StreamSetup.Open(service, _time, throttle: null);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 3000).Select(id => StreamSetup.Row(id)));

        Assert.Equal(3000, results.Count);
        Assert.All(results, result => Assert.Equal(result.Index * 2, result.Prediction));
    }
}
