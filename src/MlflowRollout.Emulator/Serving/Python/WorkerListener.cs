using System.Net;
using System.Net.Sockets;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>
/// Where one worker connects, once: a socket in a folder that only this user may enter; on Windows, where Python has none, a port on
/// loopback. The worker proves itself by a secret in both cases.
/// </summary>
internal sealed class WorkerListener : IDisposable
{
    private readonly Socket _socket;
    private readonly DirectoryInfo? _folder;

    public WorkerListener()
    {
        if (OperatingSystem.IsWindows())
        {
            _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        }
        else
        {
            // Made with mode 0700.
            _folder = Directory.CreateTempSubdirectory("mlflow-worker-");
            SocketPath = Path.Combine(_folder.FullName, "s");
            _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        }

        _socket.Listen(4);
    }

    public string? SocketPath { get; }

    public int Port { get; }

    public async Task<Stream> AcceptAsync(CancellationToken cancellationToken)
    {
        var connection = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
        if (Port != 0)
        {
            connection.NoDelay = true;
        }

        return new NetworkStream(connection, ownsSocket: true);
    }

    public void Dispose()
    {
        _socket.Dispose();
        try
        {
            _folder?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // An empty folder is left among the temporary files.
        }
    }
}
