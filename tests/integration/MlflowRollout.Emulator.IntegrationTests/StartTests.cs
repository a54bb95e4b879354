using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

/// <summary>The process itself: its command line, its files, its end.</summary>
public sealed class StartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_Ready_PrintsOneLineAndWritesThePrivateConnectionFile()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });

        Assert.StartsWith($"MLflow emulator ready at https://127.0.0.1:{emulator.ArmEndpoint.Port}", emulator.ReadyLine, StringComparison.Ordinal);
        Assert.Equal(emulator.Id, emulator.Connection.ProcessId);
        Assert.Contains(_folder["data"], await File.ReadAllTextAsync(emulator.ConnectionFile), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in new[] { emulator.ConnectionFile, _folder["data", "state.db"], _folder["data", "tls", "server.pem"] })
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task Terminate_Any_EndsWithZeroAndTakesTheConnectionFileAway()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });

        await emulator.StopAsync();

        Assert.Equal(0, emulator.ExitCode);
        Assert.False(File.Exists(emulator.ConnectionFile));
        Assert.True(File.Exists(_folder["data", "state.db"]));
    }

    // The way to end it gracefully where there are no signals.
    [Fact]
    public async Task Shutdown_ByTheAdministrativeRoute_EndsWithZero()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });
        using HttpClient stranger = emulator.CreateHttpClient(authorized: false);

        using HttpResponseMessage refused = await stranger.PostAsync(new Uri("emulator/shutdown", UriKind.Relative), null);
        using HttpResponseMessage accepted = await emulator.Http.PostAsync(new Uri("emulator/shutdown", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(0, await emulator.WaitForExitAsync(Patience));
        Assert.False(File.Exists(emulator.ConnectionFile));
    }

    [Fact]
    public async Task Ephemeral_AtItsEnd_LeavesNoFolder()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], Arguments = ["--ephemeral"] });

        await emulator.StopAsync();

        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Ephemeral_OnAForeignFolder_IsRefusedAndTouchesNothing()
    {
        string file = _folder.Write(Path.Combine("mine", "thesis.txt"), "years of work");

        (int code, string error) = await FailAsync("--data", _folder["mine"], "--ephemeral");

        Assert.Equal(5, code);
        Assert.Contains("would delete them", error, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder["mine"]));
    }

    [Fact]
    public async Task DataFolder_WithSomebodysFiles_IsRefusedAndTouchesNothing()
    {
        string work = _folder.Write(Path.Combine("project", "work", "thesis.txt"), "years of work");
        string models = _folder.Write(Path.Combine("project", "models", "best", "model.bin"), "weeks of training");

        (int code, string error) = await FailAsync("--data", _folder["project"]);

        Assert.Equal(5, code);
        Assert.Contains("empty or new folder", error, StringComparison.Ordinal);
        Assert.Equal([models, work], Directory.GetFiles(_folder["project"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ephemeral_OnTheFolderOfAnEmulatorThatKeepsItsData_IsRefused()
    {
        await using (EmulatorProcess keeps = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["kept"] }))
        {
            await keeps.StopAsync();
        }

        (int code, string error) = await FailAsync("--data", _folder["kept"], "--ephemeral");

        Assert.Equal(5, code);
        Assert.Contains("keeps them", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["kept"], "state.db")));
    }

    [Fact]
    public async Task Ephemeral_LeftBehindByACrash_IsTakenAgain()
    {
        await using (EmulatorProcess crashes = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["left"], Arguments = ["--ephemeral"] }))
        {
            await crashes.KillAsync();
        }

        await using EmulatorProcess again = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["left"], Arguments = ["--ephemeral"] });
        await again.StopAsync();

        Assert.False(Directory.Exists(_folder["left"]));
    }

    [Fact]
    public async Task ParentProcess_ThatEnds_EndsTheEmulator()
    {
        await using ChildProcess parent = new(RepositoryPaths.DotNet, [RepositoryPaths.EmulatorAssembly, "--data", _folder["parent"]]);
        await parent.WaitForLineAsync(line => line.StartsWith("MLflow emulator ready", StringComparison.Ordinal), Patience);
        await using ChildProcess child = new(
            RepositoryPaths.DotNet,
            [RepositoryPaths.EmulatorAssembly, "--data", _folder["child"], "--ephemeral", "--parent-process", parent.Id.ToString(CultureInfo.InvariantCulture)]);
        await child.WaitForLineAsync(line => line.StartsWith("MLflow emulator ready", StringComparison.Ordinal), Patience);

        parent.Kill();

        Assert.Equal(0, await child.WaitForExitAsync(Patience));
        Assert.False(Directory.Exists(_folder["child"]));
    }

    [Fact]
    public async Task Port_InUse_IsNamed()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        (int code, string error) = await FailAsync("--data", _folder["data"], "--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(3, code);
        Assert.Contains($"Port {port} on 127.0.0.1 is in use", error, StringComparison.Ordinal);
        Assert.Contains("--port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_OfTheLastStartTaken_AnotherIsUsed()
    {
        int port;
        await using (EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] }))
        {
            port = first.ArmEndpoint.Port;
            await first.StopAsync();
        }

        using TcpListener listener = new(IPAddress.Loopback, port);
        listener.Start();
        await using EmulatorProcess second = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });

        Assert.NotEqual(port, second.ArmEndpoint.Port);
        Assert.Equal(HttpStatusCode.OK, (await new ControlPlaneClient(second).GetAsync(string.Empty)).Status);
    }

    [Fact]
    public async Task DataFolder_OfAnotherEmulator_IsRefusedWithItsProcess()
    {
        await using EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });

        (int code, string error) = await FailAsync("--data", _folder["data"]);

        Assert.Equal(4, code);
        Assert.Contains($"process {first.Id}", error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await new ControlPlaneClient(first).GetAsync(string.Empty)).Status);
    }

    [Fact]
    public async Task DataFolder_ThatIsAFile_IsRefused()
    {
        string file = _folder.Write("data", "x");

        (int code, string error) = await FailAsync("--data", file);

        Assert.Equal(5, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataFile_ThatIsNoDatabase_IsRefused()
    {
        _folder.Write(Path.Combine("data", "emulator.lock"), string.Empty);
        _folder.Write(Path.Combine("data", "state.db"), new string('x', 8192));

        (int code, string error) = await FailAsync("--data", _folder["data"]);

        Assert.Equal(5, code);
        Assert.Contains("state.db", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workspace_OtherThanTheFoldersOwn_IsRefused()
    {
        await using (EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"], Arguments = ["--workspace", "team-a"] }))
        {
            Assert.Equal("team-a", first.Connection.Workspace);
            await first.StopAsync();
        }

        (int code, string error) = await FailAsync("--data", _folder["data"], "--workspace", "team-b");

        Assert.Equal(2, code);
        Assert.Contains("--workspace team-a, not team-b", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prot", "Did you mean --port?")]
    [InlineData("--port 70000", "65535")]
    [InlineData("--data", "needs a value")]
    [InlineData("--operation-delay soon", "500ms")]
    [InlineData("--loose --loose", "given twice")]
    [InlineData("--subscription-id 1", "GUID")]
    [InlineData("serve", "There is no option serve")]
    public async Task CommandLine_WithAMistake_SaysWhatIsRight(string arguments, string message)
    {
        (int code, string error) = await FailAsync(arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> FailAsync(params string[] arguments)
    {
        await using ChildProcess process = new(RepositoryPaths.DotNet, [RepositoryPaths.EmulatorAssembly, .. arguments]);
        int code = await process.WaitForExitAsync(Patience);
        return (code, process.StandardError);
    }
}
