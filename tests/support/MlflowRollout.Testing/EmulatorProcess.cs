using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Xunit.Sdk;

namespace MlflowRollout.Testing;

/// <summary>The built emulator in a process of its own, which never outlives the test.</summary>
public sealed class EmulatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;
    private readonly X509Certificate2 _authority;
    private IReadOnlyList<int> _descendants = [];

    private EmulatorProcess(ChildProcess process, TemporaryFolder folder, string dataFolder, string connectionFile, string readyLine)
    {
        _process = process;
        _folder = folder;
        DataFolder = dataFolder;
        ConnectionFile = connectionFile;
        ReadyLine = readyLine;
        Connection = EmulatorConnection.Read(connectionFile);
        _authority = X509Certificate2.CreateFromPem(File.ReadAllText(Connection.CaCertificate));
        Http = CreateHttpClient();
    }

    /// <summary>The data folder.</summary>
    public string DataFolder { get; }

    /// <summary>The connection file, for <c>Connect-MlWorkspace -Emulator -ConnectionFile</c>.</summary>
    public string ConnectionFile { get; }

    /// <summary>The line that said the emulator was ready.</summary>
    public string ReadyLine { get; }

    /// <summary>What the connection file says.</summary>
    public EmulatorConnection Connection { get; }

    /// <summary>The base address of the control plane.</summary>
    public Uri ArmEndpoint => Connection.ArmEndpoint;

    /// <summary>The control plane's bearer token.</summary>
    public string Token => Connection.Token;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it wrote to standard output and standard error so far.</summary>
    public string Log => _process.Describe();

    /// <summary>A client with the control plane's address and token; it trusts the emulator's own authority alone.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts an emulator and waits until it is ready.</summary>
    public static async Task<EmulatorProcess> StartAsync(EmulatorOptions? options = null)
    {
        options ??= new EmulatorOptions();
        TemporaryFolder folder = new();
        string dataFolder = options.DataFolder ?? folder["data"];
        string connectionFile = folder["connection.json"];
        List<string> arguments =
        [
            RepositoryPaths.EmulatorAssembly,
            "--data", dataFolder,
            "--port", options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--connection-file", connectionFile,
            "--operation-delay", options.OperationDelay,
        ];
        if (options.Python is not null)
        {
            arguments.AddRange(["--python", options.Python]);
        }

        if (options.Loose)
        {
            arguments.Add("--loose");
        }

        arguments.AddRange(options.Arguments);
        string[] command = [.. options.Launcher, options.DotNet ?? RepositoryPaths.DotNet, .. arguments];
        ChildProcess process = new(command[0], command[1..], folder.Path, options.Environment);
        try
        {
            string ready = await process.WaitForLineAsync(
                line => line.Contains("ready", StringComparison.OrdinalIgnoreCase) && File.Exists(connectionFile), options.StartTimeout);
            return new EmulatorProcess(process, folder, dataFolder, connectionFile, ready);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A client that trusts the emulator's own authority alone. Every host name leads to the emulator's port on loopback, so that its
    /// storage account's name works too; the name is still what the certificate is checked against.
    /// </summary>
    public HttpClient CreateHttpClient(bool authorized = true)
    {
        int port = ArmEndpoint.Port;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,

            // A body that waits for '100 Continue' is sent when that comes, not when a loaded machine is slow to send it.
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Validate },
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port, token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        HttpClient client = new(handler) { BaseAddress = ArmEndpoint };
        if (authorized)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        return client;
    }

    /// <summary>Waits until it has ended by itself and gives its exit code; fails when it has not by then.</summary>
    public Task<int> WaitForExitAsync(TimeSpan patience) => _process.WaitForExitAsync(patience);

    /// <summary>Asks the emulator to end (SIGTERM), waits, and fails unless it ended well and left no process behind.</summary>
    public async Task StopAsync()
    {
        _descendants = _process.Descendants();
        _process.SendTerminate();
        int exitCode = await _process.WaitForExitAsync(StopTimeout);
        if (exitCode != 0 && !OperatingSystem.IsWindows())
        {
            throw new XunitException($"The emulator ended with exit code {exitCode} after SIGTERM. {Log}");
        }

        AssertNothingLeft();
    }

    /// <summary>Kills the emulator's process alone (SIGKILL), as a crash would.</summary>
    public async Task KillAsync()
    {
        _descendants = _process.Descendants();
        _process.KillAlone();
        await _process.WaitForExitAsync(StopTimeout);
    }

    /// <summary>Waits for a line that it writes, or has written, to either stream.</summary>
    public Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan timeout) => _process.WaitForLineAsync(matches, timeout);

    /// <summary>Fails when a process that the emulator had started is still there.</summary>
    public void AssertNothingLeft()
    {
        int[] left = [.. _descendants.Where(ChildProcess.IsAlive)];
        if (left.Length > 0)
        {
            throw new XunitException($"The emulator left processes behind: {string.Join(", ", left)}. {Log}");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }
}
