using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.BadInput;

/// <summary>No connection, a wrong key, no emulator, a port in use.</summary>
public sealed class ConnectionTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("Get-MlEndpoint")]
    [InlineData("New-MlEndpoint heart")]
    [InlineData("Register-MlModel heart -Path .")]
    [InlineData("Set-MlTraffic 'blue=100' -Endpoint heart")]
    [InlineData("Invoke-MlEndpoint heart -Body '{}'")]
    public void Cmdlet_WithoutConnection_SaysHowToConnect(string script)
    {
        using ModuleSession lonely = new();

        AssertError(lonely.Invoke(script).Error, MlErrorIds.NotConnected, ErrorCategory.ConnectionError, "Connect-MlWorkspace");
    }

    [Fact]
    public void ConnectMlWorkspace_IncompleteTarget_NeverMeansTheEmulator()
    {
        using ModuleSession lonely = new();
        using TemporaryFolder folder = new();

        ErrorRecord error = lonely.Invoke("Set-Location $args[0]; Connect-MlWorkspace -SubscriptionId 00000000-0000-0000-0000-000000000001", folder.Path).Error;

        AssertError(error, MlErrorIds.ConnectionTargetIncomplete, ErrorCategory.InvalidArgument, "ResourceGroupName", "WorkspaceName");
    }

    [Fact]
    public void ConnectMlWorkspace_ConnectionFileMissing_SaysHowToStartOne()
    {
        using ModuleSession lonely = new();

        ErrorRecord error = lonely.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", Path.Combine(Path.GetTempPath(), "no-such-connection.json")).Error;

        Assert.Contains(InvocationResult.IdOf(error), new[] { MlErrorIds.ConnectionFileInvalid, MlErrorIds.EmulatorNotRunning });
        Assert.Contains("no-such-connection.json", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectMlWorkspace_EmulatorGone_SaysThatItDoesNotRun()
    {
        EmulatorProcess gone = await EmulatorProcess.StartAsync();
        await using (gone)
        {
            await gone.KillAsync();
            using ModuleSession lonely = new();

            ErrorRecord error = lonely.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", gone.ConnectionFile).Error;

            AssertError(error, MlErrorIds.EmulatorNotRunning, ErrorCategory.ResourceUnavailable, "Start-MlEmulator");
        }
    }

    [Fact]
    public void StartMlEmulator_PortInUse_NamesThePort()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using TemporaryFolder folder = new();

        ErrorRecord error = Session.Invoke("Start-MlEmulator -DataFolder $args[0] -Port $args[1]", folder["data"], port).Error;

        AssertError(
            error, MlErrorIds.EmulatorPortInUse, ErrorCategory.ResourceExists, port.ToString(System.Globalization.CultureInfo.InvariantCulture), "another program", "-Port");
        Assert.False(File.Exists(folder["data", "connection.json"]));
        Assert.DoesNotContain(Session.Invoke("Get-MlEmulator").Values().Cast<MlEmulator>(), emulator => emulator.DataFolder == folder["data"]);
    }

    [Fact]
    public void InvokeMlEndpoint_WrongKey_IsAnAuthenticationErrorThatDoesNotShowIt()
    {
        EndpointWithBlue();

        ErrorRecord error = Session.Invoke(
            """
            $wrong = [System.Security.SecureString]::new(); foreach ($c in 'planted-secret-4711'.ToCharArray()) { $wrong.AppendChar($c) }
            $file = $args[1]
            Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $wrong -CaCertificate $args[0] -RequestFile $file
            """,
            Fixture.Emulator.Connection.CaCertificate,
            ExampleModels.SampleRequest).Error;

        AssertError(error, MlErrorIds.AuthenticationFailed, ErrorCategory.AuthenticationError, "key");
        Assert.DoesNotContain("planted-secret-4711", error.ToString(), StringComparison.Ordinal);
    }
}
