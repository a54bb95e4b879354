using System.Net;
using System.Net.Sockets;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>The emulator ends while clients score: what it took it answers, and what it does not take it refuses.</summary>
public sealed class ShutdownTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ModuleSession _session = new();
    private EmulatorProcess _emulator = null!;

    public async Task InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    public async Task DisposeAsync() => await _emulator.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Terminate_UnderLoad_EveryRequestOfAnOpenConnectionIsAnswered()
    {
        Requirement.Unix();
        ScoringTarget target = Deploy("@{}");
        using CountdownEvent busy = new(ScoringLoad.Clients);
        TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ClientEnd>[] clients = [.. Enumerable.Range(0, ScoringLoad.Clients).Select(client => Task.Run(() => ScoreToTheEndAsync(target, client, () =>
        {
            if (busy.Signal())
            {
                warm.TrySetResult();
            }
        })))];
        await warm.Task.WaitAsync(Patience);

        await _emulator.StopAsync();

        ClientEnd[] ends = await Task.WhenAll(clients).WaitAsync(Patience);
        Assert.All(ends, end => Assert.True(end.Refused, end.Failure));
        Assert.Contains(ends, end => end.ToldToClose);
        Assert.Equal(0, _emulator.ExitCode);
    }

    [SkippableFact]
    public async Task Terminate_WithAdmittedRequests_TheyAreAnsweredAndNewClientsAreRefused()
    {
        Requirement.Unix();
        ScoringTarget target = Deploy("@{ EMULATOR_EXTRA_LATENCY_MS = '200' }");
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SampleRequest sample = SampleRequest.All[0];
        HeldContent[] bodies = [.. Enumerable.Range(0, ScoringLoad.Clients).Select(_ => new HeldContent(sample.Body, release.Task))];
        Task<(HttpStatusCode Status, bool? Close, int Version)>[] admitted = [.. bodies.Select(body => ScoreHeldAsync(target, body, sample))];
        await Task.WhenAll(bodies.Select(body => body.Admitted)).WaitAsync(Patience);

        Task stopped = _emulator.StopAsync();
        await RefusesAsync().WaitAsync(Patience);
        release.SetResult();

        var answers = await Task.WhenAll(admitted).WaitAsync(Patience);
        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, true, 1), answer));
        await stopped;
        Assert.Equal(0, _emulator.ExitCode);
    }

    private ScoringTarget Deploy(string variables)
    {
        _session.Invoke(
            $$"""
            $ErrorActionPreference = 'Stop'
            Connect-MlWorkspace -Emulator -ConnectionFile $args[0]
            $endpoint = New-MlEndpoint shutdown
            Register-MlModel shutdown -Path $args[1] | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 `
                -MaxConcurrentRequestsPerInstance 32 -RequestTimeout 90 -AllTraffic -EnvironmentVariable {{variables}}
            """,
            _emulator.ConnectionFile,
            ExampleModels.V1).AssertSucceeded();
        return ScoringTarget.Of(_session);
    }

    /// <summary>Scores without a pause until the emulator takes no connection any more.</summary>
    private async Task<ClientEnd> ScoreToTheEndAsync(ScoringTarget target, int client, Action warm)
    {
        using HttpClient http = _emulator.CreateHttpClient(authorized: false);
        http.Timeout = Patience;
        bool toldToClose = false;
        for (int turn = 0; ; turn++)
        {
            if (turn == 20)
            {
                warm();
            }

            try
            {
                SampleRequest sample = SampleRequest.All[(client + turn) % SampleRequest.All.Count];
                using HttpRequestMessage request = target.Request(new ByteArrayContent(sample.Body));
                using HttpResponseMessage response = await http.SendAsync(request);
                int version = sample.VersionOf(await response.Content.ReadAsByteArrayAsync());
                toldToClose = response.Headers.ConnectionClose == true;
                if (response.StatusCode != HttpStatusCode.OK || version != 1)
                {
                    return new ClientEnd(false, toldToClose, $"{(int)response.StatusCode}, version {version}");
                }
            }
            catch (HttpRequestException exception)
            {
                bool refused = exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
                return new ClientEnd(refused, toldToClose, $"request {turn}, told to close before: {toldToClose}: {exception}");
            }
        }
    }

    private async Task<(HttpStatusCode Status, bool? Close, int Version)> ScoreHeldAsync(ScoringTarget target, HeldContent body, SampleRequest sample)
    {
        using HttpClient http = _emulator.CreateHttpClient(authorized: false);
        using HttpRequestMessage request = target.Request(body);
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await http.SendAsync(request);
        return (response.StatusCode, response.Headers.ConnectionClose, sample.VersionOf(await response.Content.ReadAsByteArrayAsync()));
    }

    /// <summary>Completes when the port takes nobody any more.</summary>
    private async Task RefusesAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, _emulator.ArmEndpoint.Port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The port was closed in the middle of this handshake; the next one tells.
            }
        }
    }

    private sealed record ClientEnd(bool Refused, bool ToldToClose, string Failure);
}
