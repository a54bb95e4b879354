using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>The listening sockets, bound before anything else so that a taken port ends the start at once.</summary>
internal sealed class LoopbackSockets : IDisposable
{
    private readonly Dictionary<IPAddress, Socket> _sockets;

    private LoopbackSockets(int port, Dictionary<IPAddress, Socket> sockets)
    {
        Port = port;
        _sockets = sockets;
    }

    public int Port { get; }

    public IEnumerable<IPEndPoint> EndPoints => _sockets.Keys.Select(address => new IPEndPoint(address, Port));

    /// <param name="asked">The port of the command line; 0 for any.</param>
    /// <param name="remembered">The port of the last start, taken where it is free and none was asked for.</param>
    public static LoopbackSockets Bind(int asked, int? remembered)
    {
        if (asked != 0)
        {
            return TryBind(asked, out SocketException? failure) ?? throw PortFailure(asked, failure);
        }

        if (remembered is { } last && TryBind(last, out _) is { } kept)
        {
            return kept;
        }

        return TryBind(0, out SocketException? any) ?? throw PortFailure(0, any);
    }

    /// <summary>The bound socket of an address; Kestrel takes it over.</summary>
    public Socket Take(EndPoint endPoint) => _sockets[((IPEndPoint)endPoint).Address];

    public void Dispose()
    {
        foreach (Socket socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    private static LoopbackSockets? TryBind(int port, out SocketException? failure)
    {
        Dictionary<IPAddress, Socket> sockets = [];
        try
        {
            Socket socket = BindOne(IPAddress.Loopback, port);
            sockets.Add(IPAddress.Loopback, socket);
            int bound = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (Socket.OSSupportsIPv6)
            {
                try
                {
                    sockets.Add(IPAddress.IPv6Loopback, BindOne(IPAddress.IPv6Loopback, bound));
                }
                catch (SocketException)
                {
                    // IPv6 is a convenience for 'localhost'; every address that is given out is 127.0.0.1.
                }
            }

            failure = null;
            return new LoopbackSockets(bound, sockets);
        }
        catch (SocketException exception)
        {
            failure = exception;
            foreach (Socket socket in sockets.Values)
            {
                socket.Dispose();
            }

            return null;
        }
    }

    private static Socket BindOne(IPAddress address, int port)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));

            // Two processes may both bind on some systems; only one may listen.
            socket.Listen(512);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static StartupException PortFailure(int port, SocketException? failure)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        return failure?.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? new StartupException(ExitCode.PortInUse, $"Port {number} on 127.0.0.1 is in use by another process. Give --port another port, or 0 for any free one.", failure)
            : new StartupException(ExitCode.PortInUse, $"Port {number} on 127.0.0.1 cannot be opened: {failure?.Message} Give --port another port, or 0 for any free one.", failure);
    }
}
