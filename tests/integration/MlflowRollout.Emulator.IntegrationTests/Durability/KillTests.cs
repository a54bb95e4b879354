using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>
/// The emulator is killed at random moments, during changes and during its start, and started again on the same folder. The same moments come again for
/// the same seed, as far as the machine's own timing allows: <c>MLFLOW_TEST_SEED=…</c>.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 50;
    private const int LongestMilliseconds = 250;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string[] Delays = ["none", "none", "25ms", "120ms"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNoAcknowledgedChange()
    {
        int seed = Environment.GetEnvironmentVariable("MLFLOW_TEST_SEED") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"seed {seed} (MLFLOW_TEST_SEED={seed} repeats it)");
        Random random = new(seed);
        ChangingClient[] clients = [new("a", new Random(random.Next())), new("b", new Random(random.Next()))];
        TimeSpan startTime = TimeSpan.FromMilliseconds(500);
        int duringStart = 0;
        for (int kill = 1; kill <= Kills; kill++)
        {
            string delay = Delays[random.Next(Delays.Length)];
            try
            {
                if (random.Next(5) == 0)
                {
                    await KillDuringStartAsync(startTime * (random.NextDouble() * 1.1));
                    duringStart++;
                }
                else
                {
                    startTime = await KillDuringChangesAsync(clients, delay, TimeSpan.FromMilliseconds(random.NextDouble() * LongestMilliseconds));
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new XunitException($"Before kill {kill} of {Kills}, seed {seed}: {exception}");
            }
        }

        await using EmulatorProcess last = await StartAsync("none");
        await VerifyAsync(new ControlPlaneClient(last), clients);
        await last.StopAsync();

        // Killed while it starts or changes, it must have had something to lose.
        output.WriteLine($"{Kills} kills, {duringStart} of them during a start; {clients.Sum(client => client.Acknowledged)} changes were acknowledged");
        Assert.All(clients, client => Assert.NotEmpty(client.Record.Keys));
        Assert.True(clients.Sum(client => client.Acknowledged) >= Kills, "Too few changes were acknowledged for this to mean anything.");
    }

    private async Task<TimeSpan> KillDuringChangesAsync(ChangingClient[] clients, string delay, TimeSpan moment)
    {
        long start = Stopwatch.GetTimestamp();
        await using EmulatorProcess emulator = await StartAsync(delay);
        TimeSpan startTime = Stopwatch.GetElapsedTime(start);
        ControlPlaneClient client = new(emulator);
        await VerifyAsync(client, clients);

        bool killed = false;
        Task[] changes = [.. clients.Select(changing => Task.Run(() => changing.ChangeUntilKilledAsync(client, () => Volatile.Read(ref killed))))];
        await MomentAsync(moment);
        Volatile.Write(ref killed, true);
        await emulator.KillAsync();
        await Task.WhenAll(changes).WaitAsync(Patience);
        return startTime;
    }

    private async Task KillDuringStartAsync(TimeSpan moment)
    {
        await using ChildProcess process = new(
            RepositoryPaths.DotNet, [RepositoryPaths.EmulatorAssembly, "--data", _folder["data"], "--connection-file", _folder["connection.json"]], _folder.Path);
        await MomentAsync(moment);
        process.KillAlone();
        await process.WaitForExitAsync(Patience);
    }

    private static async Task VerifyAsync(ControlPlaneClient control, ChangingClient[] clients)
    {
        foreach (ChangingClient client in clients)
        {
            Assert.Null(await client.FinishAsync(control).WaitAsync(Patience));
            SortedDictionary<string, string> found = await WorkspaceReader.ReadAsync(control, client).WaitAsync(Patience);
            if (client.Record.Accept(found) is { } difference)
            {
                throw new XunitException($"The workspace is not what was acknowledged.\n{difference}\n{control.Emulator.Log}");
            }

            await WorkspaceReader.ScoreAsync(control, client, found).WaitAsync(Patience);
        }
    }

    /// <summary>A moment of real time: what it meets is what is under test.</summary>
    private static async Task MomentAsync(TimeSpan delay)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = TimeProvider.System.CreateTimer(_ => reached.TrySetResult(), null, delay, Timeout.InfiniteTimeSpan);
        await reached.Task;
    }

    private Task<EmulatorProcess> StartAsync(string delay) => EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], OperationDelay = delay });
}
