using System.Text;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Serving.Python;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving.Python;

/// <summary>Which worker gets which request, and what becomes of those on a worker that ends. No Python is run.</summary>
public sealed class PythonModelServerTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(ServedModel.Split($"[{ServedModel.Row}]"));

    private readonly FakeLauncher _launcher = new();
    private readonly List<ModelExchange> _exchanges = [];
    private PythonModelServer? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _exchanges.ForEach(e => e.Dispose());
        _launcher.Dispose();
    }

    [Fact]
    public async Task Start_Instances_HaveAWorkerEach()
    {
        await StartAsync(3);

        Assert.Equal(3, _launcher.Launches);
    }

    [Fact]
    public async Task Start_OneOfThemFails_EndsTheOthers()
    {
        _launcher.Fails = launch => launch == 2;

        await Assert.ThrowsAsync<WorkerStartException>(() => StartAsync(3));

        Assert.All(_launcher.Workers, worker => Assert.True(worker.Disposed.IsCompleted));
    }

    [Fact]
    public async Task Score_Answered_HasTheBodyAndTheTime()
    {
        _launcher.Create = n => new FakeWorker(n) { Always = CallOutcome.Answered };
        await StartAsync(1);

        var exchange = await ScoreAsync();

        Assert.Equal((200, "[1]", 2.5), (exchange.Status, Text(exchange), exchange.ExecutionMilliseconds));
    }

    [Fact]
    public async Task Score_MoreThanWorkers_WaitTheirTurnOneAtATime()
    {
        await StartAsync(1);
        var worker = _launcher.Workers.Single();

        var first = ScoreAsync();
        await worker.Arrivals.WaitAsync();
        var second = ScoreAsync();
        Assert.Single(worker.Calls);
        worker.End(CallOutcome.Answered);
        await first;
        await worker.Arrivals.WaitAsync();
        Assert.False(second.IsCompleted);
        worker.End(CallOutcome.Answered);

        Assert.Equal(200, (await second).Status);
    }

    [Fact]
    public async Task Score_WorkerEndsDuringTheRun_IsThe502OfTheProxy()
    {
        await StartAsync(1);
        var worker = _launcher.Workers.Single();
        var scoring = ScoreAsync();
        await worker.Arrivals.WaitAsync();

        worker.Die();
        worker.End(CallOutcome.Lost);
        var exchange = await scoring;

        Assert.Equal((502, "Bad Gateway", false), (exchange.Status, exchange.Reason, exchange.FunctionFailed));
        Assert.Contains("worker process ended", Text(exchange), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_WaitingWhenTheWorkerEnds_IsAnsweredByTheNextWorker()
    {
        await StartAsync(1);
        var first = _launcher.Workers.Single();
        var lost = ScoreAsync();
        await first.Arrivals.WaitAsync();
        var waiting = ScoreAsync();

        first.Die();
        first.End(CallOutcome.Lost);
        Assert.Equal(502, (await lost).Status);
        await _launcher.LaunchedAsync();
        await _launcher.LaunchedAsync();
        var second = _launcher.Workers.Last();
        await second.Arrivals.WaitAsync();
        second.End(CallOutcome.Answered);

        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task Score_NotTakenByADeadWorker_GoesToAnother()
    {
        _launcher.Create = n => new FakeWorker(n) { Always = n == 2 ? CallOutcome.NotTaken : CallOutcome.Answered };
        await StartAsync(2);
        _launcher.Workers.Last().Die();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await ScoreAsync()).Status);
        }
    }

    [Fact]
    public async Task Score_GivenUp_LeavesTheExchangeAloneAndTheWorkerFinishes()
    {
        await StartAsync(1);
        var worker = _launcher.Workers.Single();
        using var impatient = new CancellationTokenSource();
        var exchange = Begin();
        var scoring = _server!.ScoreAsync(exchange, impatient.Token).AsTask();
        await worker.Arrivals.WaitAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring);
        var next = ScoreAsync();
        Assert.False(next.IsCompleted);
        worker.End(CallOutcome.Answered);
        await worker.Arrivals.WaitAsync();
        worker.End(CallOutcome.Answered);

        Assert.Equal(200, (await next).Status);
        Assert.True(exchange.Response.IsEmpty);
    }

    [Fact]
    public async Task Score_GivenUpWhileWaiting_DoesNotHoldUpTheLine()
    {
        await StartAsync(1);
        var worker = _launcher.Workers.Single();
        var first = ScoreAsync();
        await worker.Arrivals.WaitAsync();
        using var impatient = new CancellationTokenSource();
        var leaver = _server!.ScoreAsync(Begin(), impatient.Token).AsTask();
        var third = ScoreAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        worker.End(CallOutcome.Answered);
        await first;
        await worker.Arrivals.WaitAsync();
        worker.End(CallOutcome.Answered);

        Assert.Equal(200, (await third).Status);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{}", 500)]
    [InlineData("{\"input_data\":[[1,2]]}", 500)]
    public async Task Score_WhatTheSignatureRefuses_NeverReachesAWorker(string body, int status)
    {
        await StartAsync(1);
        using var exchange = new ModelExchange();
        exchange.Begin(Encoding.UTF8.GetBytes(body), null, long.MaxValue);

        await _server!.ScoreAsync(exchange, default);

        Assert.Equal(status, exchange.Status);
        Assert.Empty(_launcher.Workers.Single().Calls);
    }

    private static string Text(ModelExchange exchange) => Encoding.UTF8.GetString(exchange.Response.Span);

    private async Task StartAsync(int instances)
    {
        var model = MlflowModel.Load(ExampleModels.V1);
        var specification = ServedModel.Specification(ExampleModels.V1) with { InstanceCount = instances };
        var context = new ModelServerContext(specification, model, new ContainerLog(TimeProvider.System, "azmlinfsrv", 7), TimeProvider.System);
        _server = await PythonModelServer.StartAsync(
            _launcher,
            PythonPlan.Create(model, PythonFlavor.Sklearn),
            new ServiceDescription(default, default),
            context,
            WorkerSettings.For(TimeSpan.FromSeconds(5)),
            CancellationToken.None);
    }

    private ModelExchange Begin()
    {
        var exchange = new ModelExchange();
        _exchanges.Add(exchange);
        exchange.Begin(Body, null, long.MaxValue);
        return exchange;
    }

    private async Task<ModelExchange> ScoreAsync()
    {
        var exchange = Begin();
        await _server!.ScoreAsync(exchange, CancellationToken.None);
        return exchange;
    }
}
