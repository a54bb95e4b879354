using System.Text;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Serving.Inputs;
using MlflowRollout.Emulator.Serving.Onnx;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving;

public sealed class OnnxDeadlineTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(ServedModel.Split($"[{ServedModel.Row}]"));

    [Fact]
    public void TerminateIfPast_Deadline_EndsTheRunAndTheNextRunsAgain()
    {
        using var sessions = new OnnxSessionCache();
        using var lease = sessions.Open(Path.Combine(ExampleModels.V1, "model.onnx"));
        using var run = new OnnxRun(OnnxPlan.Create(lease.Session, MlflowModel.Load(ExampleModels.V1)), lease.Session);
        RequestReader.Read(Body, null, run.Input, run.Parameters);

        run.Arm(100);
        run.TerminateIfPast(100);
        Assert.Single(run.Execute());
        run.TerminateIfPast(101);
        Assert.Throws<OnnxRuntimeException>(() => run.Execute());
        Assert.True(run.Disarm());
        run.TerminateIfPast(101);

        Assert.Single(run.Execute());
        Assert.False(run.Disarm());
    }

    [Fact]
    public async Task Score_DeadlinePassedMeanwhile_IsTimedOutAndHasNoBody()
    {
        await using var model = await ServedModel.StartAsync(ExampleModels.V1);
        using var exchange = new ModelExchange();
        exchange.Begin(Body, null, deadline: 0);

        await model.Server.ScoreAsync(exchange, CancellationToken.None);

        Assert.True(exchange.TimedOut);
        Assert.True(exchange.Response.IsEmpty);
    }

    [Fact]
    public void Open_SameFileTwice_SharesTheSessionUntilTheLastLeaves()
    {
        using var sessions = new OnnxSessionCache();
        var path = Path.Combine(ExampleModels.V1, "model.onnx");
        var first = sessions.Open(path);
        using var second = sessions.Open(path);

        Assert.Same(first.Session, second.Session);
        first.Dispose();
        first.Dispose();
        using var third = sessions.Open(path);

        Assert.Same(second.Session, third.Session);
    }

    [Fact]
    public async Task Score_HugeRequest_DoesNotKeepItsMemory()
    {
        await using var model = await ServedModel.StartAsync(ExampleModels.V1);
        var rows = "[" + string.Join(',', Enumerable.Repeat(ServedModel.Row, 100_000)) + "]";
        var body = "{\"input_data\":" + rows + "}";

        var answer = await model.ScoreAsync(body);

        Assert.Equal(100_000, answer.Labels().Count);
        Assert.Equal(200, (await model.ScoreAsync(ServedModel.Split($"[{ServedModel.Row}]"))).Status);
    }
}
