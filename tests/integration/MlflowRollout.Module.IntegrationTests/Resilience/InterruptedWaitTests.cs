using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Resilience;

/// <summary>Waits that are cancelled, run out of time, or outlive the emulator: the service goes on with its operation, and so can the wait.</summary>
public sealed class InterruptedWaitTests : IDisposable
{
    private const string Deploy = "$model | New-MlDeployment green -Endpoint heart -InstanceType Standard_DS2_v2";
    private const string Begun = "DeploymentPut heart/green";
    private const string Stuck = """{ "kind": "StuckOperation", "method": "PUT", "path": "*/deployments/green" }""";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_EmulatorRestartedInTheMiddle_GoesOnToTheEnd(bool kill)
    {
        await using EmulatorProcess first = await StartAsync(0);
        using ModuleSession session = await SessionAsync(first);
        Task<InvocationResult> waiting = session.InvokeAsync(Deploy);
        await Operations.WaitForAsync(first, Begun);
        int port = first.ArmEndpoint.Port;
        await (kill ? first.KillAsync() : first.StopAsync());

        // A restart clears faults, so that the stuck operation ends by itself.
        await using EmulatorProcess second = await StartAsync(port);
        MlDeployment green = (await waiting.WaitAsync(Patience)).One<MlDeployment>();

        Assert.Equal(MlProvisioningState.Succeeded, green.ProvisioningState);
        Assert.Equal([$"{Begun} Succeeded"], (await Operations.ListAsync(second)).Where(IsOfGreen));
    }

    [Fact]
    public async Task Wait_Cancelled_StopsWaitingAndNotTheService()
    {
        await using EmulatorProcess emulator = await StartAsync(0);
        using ModuleSession session = await SessionAsync(emulator);
        using CancellationTokenSource interrupt = new();
        Task<InvocationResult> waiting = session.InvokeAsync(Deploy, interrupt.Token);
        await Operations.WaitForAsync(emulator, Begun);

        await interrupt.CancelAsync();
        InvocationResult stopped = await waiting.WaitAsync(Patience);

        Assert.True(stopped.Stopped, stopped.Describe());
        Assert.Empty(stopped.NonTerminatingErrors);
        Assert.Equal([$"{Begun} Running"], (await Operations.ListAsync(emulator)).Where(IsOfGreen));
        await EndsWellAsync(emulator, session);
    }

    [Fact]
    public async Task Wait_OfAStuckOperation_TimesOutAndCanBeTakenUpAgain()
    {
        await using EmulatorProcess emulator = await StartAsync(0);
        using ModuleSession session = await SessionAsync(emulator);

        ErrorRecord error = (await session.InvokeAsync(Deploy + " -Timeout 1s").WaitAsync(Patience)).Error;

        Assert.Equal(MlErrorIds.OperationTimedOut, InvocationResult.IdOf(error));
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Contains("Wait-MlDeployment", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal([$"{Begun} Running"], (await Operations.ListAsync(emulator)).Where(IsOfGreen));
        await EndsWellAsync(emulator, session);
    }

    [Fact]
    public async Task Job_Stopped_StopsWaitingAndNotTheService()
    {
        await using EmulatorProcess emulator = await StartAsync(0);
        using ModuleSession session = await SessionAsync(emulator);
        session.Invoke($"$job = {Deploy} -AsJob").AssertSucceeded();
        await Operations.WaitForAsync(emulator, Begun);

        session.Invoke("Stop-Job $job").AssertSucceeded();

        Assert.Equal([$"{Begun} Running"], (await Operations.ListAsync(emulator)).Where(IsOfGreen));
        await EndsWellAsync(emulator, session);
    }

    [Fact]
    public async Task Token_NoLongerAccepted_IsRenewedInTheMiddleOfASession()
    {
        int port;
        using ModuleSession session = new();
        await using (EmulatorProcess first = await StartAsync(0))
        {
            port = first.ArmEndpoint.Port;
            session.Invoke(
                """
                param($connection, $v1, $sample)
                $null = Connect-MlWorkspace -Emulator -ConnectionFile $connection
                $endpoint = New-MlEndpoint heart -AuthMode AmlToken
                $null = Register-MlModel heart -Path $v1 | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
                $null = $endpoint | Invoke-MlEndpoint -RequestFile $sample
                """,
                first.ConnectionFile,
                ExampleModels.V1,
                ExampleModels.SampleRequest).AssertSucceeded();
            await first.StopAsync();
        }

        // Without the key that signed it, the token that the session holds is as good as expired.
        File.Delete(_folder["data", "tls", "token-key.pem"]);
        await using EmulatorProcess second = await StartAsync(port);

        Assert.Equal(4, session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0]", ExampleModels.SampleRequest).Values().Count);
    }

    private static bool IsOfGreen(string operation) => operation.StartsWith(Begun, StringComparison.Ordinal);

    private static async Task EndsWellAsync(EmulatorProcess emulator, ModuleSession session)
    {
        await Operations.SetFaultsAsync(emulator, string.Empty);

        MlDeployment green = (await session.InvokeAsync("Wait-MlDeployment green -Endpoint heart").WaitAsync(Patience)).One<MlDeployment>();

        Assert.Equal(MlProvisioningState.Succeeded, green.ProvisioningState);
        Assert.Equal([$"{Begun} Succeeded"], (await Operations.ListAsync(emulator)).Where(IsOfGreen));
    }

    private static async Task<ModuleSession> SessionAsync(EmulatorProcess emulator)
    {
        ModuleSession session = new();
        session.Invoke(
            """
            $null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]
            $null = New-MlEndpoint heart
            $model = Register-MlModel heart -Path $args[1]
            """,
            emulator.ConnectionFile,
            ExampleModels.V1).AssertSucceeded();
        await Operations.SetFaultsAsync(emulator, Stuck);
        return session;
    }

    private Task<EmulatorProcess> StartAsync(int port) => EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], Port = port });
}
