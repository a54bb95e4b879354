using System.Collections.Concurrent;
using System.Net;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>Clients with a kept connection each, which score without a pause and check every answer.</summary>
internal sealed class ScoringLoad : IAsyncDisposable
{
    public const int Clients = 16;

    private const int MostFailuresKept = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _answered = new int[Clients];
    private readonly EmulatorProcess _emulator;
    private readonly ScoringTarget _target;
    private readonly Task[] _clients;
    private RolloutPhase _phase;
    private int _failureCount;

    private ScoringLoad(EmulatorProcess emulator, ScoringTarget target, RolloutPhase first)
    {
        _emulator = emulator;
        _target = target;
        _phase = first;
        _clients = [.. Enumerable.Range(0, Clients).Select(client => Task.Run(() => RunAsync(client)))];
    }

    public static ScoringLoad Start(EmulatorProcess emulator, ScoringTarget target, RolloutPhase first) => new(emulator, target, first);

    /// <summary>What is sent from now on is of this phase.</summary>
    public void Enter(RolloutPhase next) => Volatile.Write(ref _phase, next);

    /// <summary>Waits until the sample of the phase is answered; the first failure ends the wait.</summary>
    public async Task SampleAsync(RolloutPhase phase)
    {
        try
        {
            await Task.WhenAny(phase.Sampled, _failed.Task).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The sample was not answered within {Patience}. {phase} {Describe()}");
        }
    }

    /// <summary>Ends the clients after their last answers, and fails unless every answer was right.</summary>
    public async Task AssertNothingFailedAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(Patience);
        Assert.True(_failureCount == 0, Describe());
        Assert.Equal([(int)HttpStatusCode.OK], _statuses.Keys);
        Assert.All(_answered, count => Assert.True(count > 0, Describe()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    public string Describe() =>
        $"{_answered.Sum()} answers ({string.Join(", ", _statuses.Select(pair => $"{pair.Key}: {pair.Value}"))}), {_failureCount} failures.\n{string.Join('\n', _failures)}";

    private async Task RunAsync(int client)
    {
        using HttpClient http = _emulator.CreateHttpClient(authorized: false);
        http.Timeout = Patience;
        for (int turn = client; !_stop.IsCancellationRequested; turn++)
        {
            RolloutPhase sentIn = Volatile.Read(ref _phase);
            bool sampled = sentIn.Send();
            string? deployment = null;
            try
            {
                SampleRequest sample = SampleRequest.All[turn % SampleRequest.All.Count];
                using HttpRequestMessage request = _target.Request(new ByteArrayContent(sample.Body));
                using HttpResponseMessage response = await http.SendAsync(request);
                byte[] body = await response.Content.ReadAsByteArrayAsync();
                deployment = ScoringTarget.DeploymentOf(response);
                Check(sentIn, Volatile.Read(ref _phase), response.StatusCode, deployment, sample, body);
                _answered[client]++;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                Fail($"sent in '{sentIn.Name}': {exception}");
            }

            if (sampled)
            {
                sentIn.Answer(deployment);
            }
        }
    }

    private void Check(RolloutPhase sentIn, RolloutPhase answeredIn, HttpStatusCode status, string? deployment, SampleRequest sample, byte[] body)
    {
        _statuses.AddOrUpdate((int)status, 1, static (_, count) => count + 1);
        if (status != HttpStatusCode.OK)
        {
            Fail($"sent in '{sentIn.Name}', answered in '{answeredIn.Name}' by '{deployment}': {(int)status} {System.Text.Encoding.UTF8.GetString(body)}");
            return;
        }

        int version = sample.VersionOf(body);
        if (!sentIn.Allows(deployment, version) && !answeredIn.Allows(deployment, version))
        {
            Fail($"sent in '{sentIn.Name}', answered in '{answeredIn.Name}' by '{deployment}' with the predictions of version {version}, which it does not have then");
        }
    }

    private void Fail(string what)
    {
        if (Interlocked.Increment(ref _failureCount) <= MostFailuresKept)
        {
            _failures.Enqueue(what);
        }

        _failed.TrySetResult();
    }
}
