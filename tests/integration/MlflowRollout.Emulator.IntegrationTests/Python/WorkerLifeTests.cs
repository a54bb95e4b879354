using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Python;

/// <summary>Workers that are killed, and workers whose emulator goes. Each test has an emulator of its own.</summary>
public sealed class WorkerLifeTests : IDisposable
{
    private const int Kills = 20;
    private const int Clients = 8;
    private const string Request = """{"input_data":{"columns":["x","s"],"index":[0],"data":[[1,"a"]]}}""";

    /// <summary>Answers with the id of its process, after a few milliseconds.</summary>
    private const string TellsItsProcess = """
        import os, time

        def predict(data):
            until = time.monotonic() + 0.003
            while time.monotonic() < until:
                pass
            return [os.getpid()]
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Score_WorkerKilledTwentyTimesUnderLoad_OnlyRequestsInFlightFail(int instances)
    {
        Requirement.PythonModules("pandas", "numpy");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ScoringClient scoring = await DeployAsync(emulator, instances);
        ConcurrentDictionary<int, TaskCompletionSource> seen = new();
        ConcurrentBag<ScoringAnswer> failures = [];
        using CancellationTokenSource stop = new();
        int served = 0;
        TaskCompletionSource<int> next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                ScoringAnswer answer = await scoring.ScoreAsync(Request, pin: "blue");
                if (answer.Status != 200)
                {
                    failures.Add(answer);
                    continue;
                }

                Interlocked.Increment(ref served);
                int process = answer.Labels[0];
                if (seen.TryAdd(process, new TaskCompletionSource()))
                {
                    Volatile.Read(ref next).TrySetResult(process);
                }
            }
        }))];

        for (int kill = 0; kill < Kills; kill++)
        {
            // Whoever answered for the first time last; then somebody new must answer.
            int victim = await next.Task.WaitAsync(Patience);
            Volatile.Write(ref next, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
            using Process process = Process.GetProcessById(victim);
            process.Kill();
        }

        await next.Task.WaitAsync(Patience);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.InRange(failures.Count, 1, Kills);
        Assert.All(failures, failure =>
        {
            Assert.Equal((424, "502"), (failure.Status, failure.Headers["ms-azureml-model-error-statuscode"]));
            Assert.Equal("blue", failure.Deployment);
            Assert.Contains("worker process ended", failure.Text, StringComparison.Ordinal);
        });
        Assert.True(served > Kills, $"{served} served");
        await emulator.StopAsync();
    }

    [SkippableFact]
    public async Task Emulator_PythonOptionThatIsNotThere_TriesTheOthersAndSaysSo()
    {
        Requirement.PythonModules("pandas", "numpy");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { Python = "/nowhere/python3" });
        using ScoringClient scoring = await DeployAsync(emulator, 1);

        ScoringAnswer answer = await scoring.ScoreAsync(Request, pin: "blue");

        Assert.Equal(200, answer.Status);
        string log = (await new ControlPlaneClient(emulator).PostAsync("/onlineEndpoints/life/deployments/blue/getLogs", new JsonObject())).Body["content"]!.GetValue<string>();
        Assert.Contains("/nowhere/python3: cannot be started", log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Emulator_Killed_TakesItsWorkersAlong()
    {
        Requirement.PythonModules("pandas", "numpy");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ScoringClient scoring = await DeployAsync(emulator, 2);
        using Process worker = Process.GetProcessById((await scoring.ScoreAsync(Request, pin: "blue")).Labels[0]);

        await emulator.KillAsync();

        await worker.WaitForExitAsync().WaitAsync(Patience);
        await NothingLeftAsync(emulator);
    }

    [SkippableFact]
    public async Task Emulator_KilledWhileAWorkerHoldsTheInterpreter_TakesItAlong()
    {
        Requirement.PythonModules("pandas", "numpy");
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux ends a process that does not look");

        // A regular expression that never ends in practice, and never lets another thread of Python run.
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ScoringClient scoring = await DeployAsync(emulator, 1, """
            import os, re

            def predict(data):
                if data["x"][0] == 2:
                    re.match("(a+)+$", "a" * 64 + "b")
                return [os.getpid()]
            """);
        using Process worker = Process.GetProcessById((await scoring.ScoreAsync(Request, pin: "blue")).Labels[0]);
        Task<ScoringAnswer> stuck = scoring.ScoreAsync(Request.Replace("[[1,", "[[2,", StringComparison.Ordinal), pin: "blue");
        TimeSpan before = worker.TotalProcessorTime;
        while (worker.TotalProcessorTime < before + TimeSpan.FromMilliseconds(50))
        {
            worker.Refresh();
            await Task.Yield();
        }

        await emulator.KillAsync();

        await worker.WaitForExitAsync().WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<Exception>(() => stuck);
    }

    [SkippableFact]
    public async Task Emulator_Terminated_FinishesRequestsAndLeavesNoWorker()
    {
        Requirement.PythonModules("pandas", "numpy");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ScoringClient scoring = await DeployAsync(emulator, 2);
        using Process worker = Process.GetProcessById((await scoring.ScoreAsync(Request, pin: "blue")).Labels[0]);

        await emulator.StopAsync();

        await worker.WaitForExitAsync().WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task Deployment_Deleted_EndsItsWorkers()
    {
        Requirement.PythonModules("pandas", "numpy");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using ScoringClient scoring = await DeployAsync(emulator, 1);
        using Process worker = Process.GetProcessById((await scoring.ScoreAsync(Request, pin: "blue")).Labels[0]);
        ControlPlaneClient client = new(emulator);

        await client.SucceedAsync(await client.DeleteAsync("/onlineEndpoints/life/deployments/blue"));

        await worker.WaitForExitAsync().WaitAsync(Patience);
        await emulator.StopAsync();
    }

    private static async Task NothingLeftAsync(EmulatorProcess emulator)
    {
        // A killed process is gone when the system has cleaned up after it.
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                emulator.AssertNothingLeft();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (waited.Elapsed < Patience)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<ScoringClient> DeployAsync(EmulatorProcess emulator, int instances, string code = TellsItsProcess)
    {
        PythonModels.WriteOwn(_folder, code);
        ControlPlaneClient client = new(emulator);
        await client.CreateEndpointAsync("life");
        await client.CreateDeploymentAsync("life", "blue", await client.RegisterModelAsync("life", "1", _folder.Path), body =>
        {
            body["sku"]!["capacity"] = instances;
            body["properties"]!["requestSettings"] = new JsonObject { ["maxConcurrentRequestsPerInstance"] = 32, ["requestTimeout"] = "PT60S" };
        });
        return await ScoringClient.OfAsync(client, "life");
    }
}
