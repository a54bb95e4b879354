using System.Globalization;
using System.Net;
using MlflowRollout.Engine.Scoring;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

public sealed class RowStreamTests
{
    private readonly HurriedTime _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1234)]
    public void Run_AllAnswered_EveryRowInOrder(int count)
    {
        ScriptedService service = new(StreamSetup.Double);
        using RowStream stream = StreamSetup.Open(service, _time);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, count).Select(id => StreamSetup.Row(id)));

        Assert.Equal(Enumerable.Range(0, count).Select(id => (long)id), results.Select(result => result.Index));
        Assert.All(results, result => Assert.Equal(result.Index * 2, result.Prediction));
        Assert.All(results, result => Assert.Equal("input " + result.Index, result.Input));
        Assert.All(results, result => Assert.Equal(("blue", "request-1"), (result.Deployment, result.RequestId)));
        Assert.Equal((count + 9) / 10, service.Count);
    }

    [Fact]
    public void Run_Unordered_EveryRowOnce()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered = 0;
        ScriptedService service = new(async (request, _) =>
        {
            if (request.FirstColumn()[0] == 0)
            {
                await first.Task;
            }
            else if (Interlocked.Increment(ref answered) == 5)
            {
                first.SetResult();
            }

            return StreamSetup.Double(request);
        });
        using RowStream stream = StreamSetup.Open(service, _time, unordered: true);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 100).Select(id => StreamSetup.Row(id)));

        Assert.NotEqual(0, results[0].Index);
        Assert.Equal(Enumerable.Range(0, 100).Select(id => (long)id), results.Select(result => result.Index).Order());
    }

    [Fact]
    public void TryAdd_BadValue_ItsErrorAndNothingSentOfIt()
    {
        ScriptedService service = new(StreamSetup.Double);
        using RowStream stream = StreamSetup.Open(service, _time);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 30).Select(id => StreamSetup.Row(id, id == 16 ? "abc" : null)));

        Assert.Equal("row 17 (index 16), column 'id': 'abc' is no whole number", results[16].Error);
        Assert.Equal("input 16", results[16].Input);
        Assert.Null(results[16].Prediction);
        Assert.All(results.Where(result => result.Index != 16), result => Assert.Equal(result.Index * 2, result.Prediction));
    }

    [Fact]
    public void TryAdd_OnlyBadRows_NothingSent()
    {
        ScriptedService service = new(StreamSetup.Double);
        using RowStream stream = StreamSetup.Open(service, _time);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 25).Select(id => StreamSetup.Row(id, "x")));

        Assert.Equal(25, results.Count);
        Assert.All(results, result => Assert.NotNull(result.Error));
        Assert.Equal(0, service.Count);
    }

    [Fact]
    public void TryAdd_OptionalColumnLeftOut_ColumnNotSentForThoseRows()
    {
        List<string> bodies = [];
        ScriptedService service = new(request =>
        {
            lock (bodies)
            {
                bodies.Add(request.Body);
            }

            return StreamSetup.Double(request);
        });
        using RowStream stream = StreamSetup.Open(service, _time, throttle: 1);
        MlRow[] rows = [.. Enumerable.Range(0, 6).Select(id => new MlRow(id, null, [id, id < 3 ? MlRow.Missing : "k"]))];

        List<MlPrediction> results = StreamSetup.Run(stream, rows);

        Assert.Equal([0L, 2L, 4L, 6L, 8L, 10L], results.Select(result => result.Prediction));
        Assert.Equal(2, bodies.Count);
        Assert.StartsWith("""{"input_data":{"columns":["id"],"data":[[0],[1],[2]]""", bodies[0], StringComparison.Ordinal);
        Assert.Contains("""[3,"k"]""", bodies[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ModelRefusesOneRow_ThatRowAloneFails()
    {
        ScriptedService service = new(request => request.FirstColumn().Contains(37)
            ? WithModelError(ScriptedService.Json("""{"message":"thal is unknown"}""", HttpStatusCode.FailedDependency))
            : StreamSetup.Double(request));
        using RowStream stream = StreamSetup.Open(service, _time, batchSize: 100);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 100).Select(id => StreamSetup.Row(id)));

        MlPrediction failed = Assert.Single(results, result => result.Error is not null);
        Assert.Equal(37, failed.Index);
        Assert.Contains("500", failed.Error, StringComparison.Ordinal);
        Assert.Contains("thal is unknown", failed.Error, StringComparison.Ordinal);
        Assert.InRange(service.Count, 8, 16);
        Assert.Equal(100, results.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(0)]
    public void Run_TransientFailures_Retried(int status)
    {
        ScriptedService service = new(request => request.Number % 3 == 0
            ? status == 0 ? throw new HttpRequestException("reset") : ScriptedService.Json("busy", (HttpStatusCode)status)
            : StreamSetup.Double(request));
        using RowStream stream = StreamSetup.Open(service, _time);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 500).Select(id => StreamSetup.Row(id)));

        Assert.Equal(500, results.Count);
        Assert.All(results, result => Assert.Equal(result.Index * 2, result.Prediction));
        Assert.True(_time.Waits > 0);
    }

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("{\"score\":1}")]
    [InlineData("<html>")]
    [InlineData("")]
    public void Run_ReplyDoesNotFitRows_RowsFailRatherThanShift(string body)
    {
        ScriptedService service = new(_ => ScriptedService.Json(body));
        using RowStream stream = StreamSetup.Open(service, _time, batchSize: 5);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 5).Select(id => StreamSetup.Row(id)));

        Assert.Equal(5, results.Count);
        Assert.All(results, result => Assert.Contains("cannot be used", result.Error, StringComparison.Ordinal));
        Assert.All(results, result => Assert.Null(result.Prediction));
    }

    [Fact]
    public void Run_KeyRefused_StreamFails()
    {
        ScriptedService service = new(_ => ScriptedService.Json("key_auth_access_denied", HttpStatusCode.Unauthorized));
        using RowStream stream = StreamSetup.Open(service, _time);

        MlScoringException error = Assert.Throws<MlScoringException>(() => StreamSetup.Run(stream, Enumerable.Range(0, 5000).Select(id => StreamSetup.Row(id))));

        Assert.Equal((MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError, true), (error.ErrorId, error.Category, error.IsTerminating));
        Assert.DoesNotContain("secret-key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_KeyRotated_AskedOnceForAllRequests()
    {
        RotatingSource source = new("old", "new");
        ScriptedService service = new(request => request.Header("Authorization") == "Bearer new"
            ? StreamSetup.Double(request)
            : ScriptedService.Json("no", HttpStatusCode.Unauthorized));
        using RowStream stream = StreamSetup.Open(service, _time, source: source, throttle: 8);

        List<MlPrediction> results = StreamSetup.Run(stream, Enumerable.Range(0, 1000).Select(id => StreamSetup.Row(id)));

        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public void Run_NothingReachable_StreamFails()
    {
        ScriptedService service = new((Func<ScriptedRequest, HttpResponseMessage>)(_ => throw new HttpRequestException("refused")));
        using RowStream stream = StreamSetup.Open(service, _time, throttle: 1);

        MlScoringException error = Assert.Throws<MlScoringException>(() => StreamSetup.Run(stream, [StreamSetup.Row(0)]));

        Assert.Equal(MlErrorIds.ServiceUnreachable, error.ErrorId);
        Assert.Equal(4, service.Count);
    }

    [Fact]
    public void TryAdd_NobodyAnswers_RefusedAtTheBound()
    {
        TaskCompletionSource never = new();
        ScriptedService service = new(async (_, token) =>
        {
            await never.Task.WaitAsync(token);
            return ScriptedService.Json("[]");
        });
        using RowStream stream = StreamSetup.Open(service, _time, batchSize: 10, throttle: 4);
        int added = 0;
        while (added < 100_000 && stream.TryAdd(StreamSetup.Row(added)))
        {
            added++;
        }

        Assert.Equal(160, added);
        Assert.False(stream.TryTake(out _));
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => stream.Wait(stop.Token));
        Assert.True(service.MostUnderWay <= 4);
    }

    [Fact]
    public async Task Dispose_InTheMiddle_CancelsRequests()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedService service = new(async (_, token) =>
        {
            started.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
            }
            catch (OperationCanceledException)
            {
                canceled.TrySetResult();
                throw;
            }

            return ScriptedService.Json("[]");
        });
        RowStream stream = StreamSetup.Open(service, _time, batchSize: 2);
        for (int id = 0; id < 7; id++)
        {
            stream.TryAdd(StreamSetup.Row(id));
        }

        await started.Task.WaitAsync(StreamSetup.Patience);
        stream.Dispose();
        stream.Dispose();

        await canceled.Task.WaitAsync(StreamSetup.Patience);
        Assert.Throws<ObjectDisposedException>(() => stream.TryAdd(StreamSetup.Row(9)));
    }

    [Fact]
    public void TryAdd_TensorsByName_SentByName()
    {
        List<string> bodies = [];
        ScriptedService service = new(request =>
        {
            lock (bodies)
            {
                bodies.Add(request.Body);
            }

            return request.Body.Contains("[9.0,9.0]", StringComparison.Ordinal)
                ? ScriptedService.Json("bad", HttpStatusCode.FailedDependency)
                : ScriptedService.Json("""{"label":[1,0],"score":[0.5,0.25]}""");
        });
        MlModelSignature signature = new()
        {
            IsTensor = true,
            Inputs = [new MlColumn { Name = "a", Type = MlColumnType.Float, Shape = [-1, 2] }, new MlColumn { Name = "b", Type = MlColumnType.Long, Shape = [-1] }],
        };
        using RowStream stream = new(
            StreamSetup.Transport(service, _time), new MlRowStreamOptions { Signature = signature, BatchSize = 2, ThrottleLimit = 1 }, new Random(1));

        List<MlPrediction> results = StreamSetup.Run(stream, [
            new MlRow(0, null, [new[] { 1, 2 }, 3]), new MlRow(1, null, ["[4, 5.5]", "6"]), new MlRow(2, null, [new object[] { 9, 9 }, 1]), new MlRow(3, null, [new[] { 1, 2, 3 }, 1])]);

        Assert.Equal("""{"input_data":{"a":[[1.0,2.0],[4.0,5.5]],"b":[3,6]}}""", bodies[0]);
        Assert.Equal(1L, Assert.IsType<Dictionary<string, object?>>(results[0].Prediction)["label"]);
        Assert.Equal(0.25, Assert.IsType<Dictionary<string, object?>>(results[1].Prediction)["score"]);
        Assert.NotNull(results[2].Error);
        Assert.Contains("has 3 elements", results[3].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WholeStream_MemoryOfBatchesIsReused()
    {
        ScriptedService service = new(StreamSetup.Double);
        using RowStream stream = StreamSetup.Open(service, _time, batchSize: 100);
        long most = 0;
        int count = 0;
        List<MlPrediction> results = [];
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                while (!stream.TryAdd(StreamSetup.Row(count)))
                {
                    stream.Wait(default);
                    StreamSetup.Drain(stream, results);
                }

                count++;
            }

            StreamSetup.Drain(stream, results);
            most = Math.Max(most, count - results.Count);
        }

        Assert.True(most <= 1700, most.ToString(CultureInfo.InvariantCulture));
    }

    private static HttpResponseMessage WithModelError(HttpResponseMessage response)
    {
        response.Headers.Add("ms-azureml-model-error-statuscode", "500");
        response.Headers.Add("ms-azureml-model-error-reason", "Internal Server Error");
        return response;
    }
}
