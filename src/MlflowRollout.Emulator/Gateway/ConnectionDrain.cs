namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// Lets kept connections end in order. A client that scores without a pause has its next request on the way whenever a connection is
/// closed, and would see it reset. So once nobody new can connect, each connection is answered once more, with
/// <c>Connection: close</c>, and only those that stay silent are closed by the server.
/// </summary>
internal sealed class ConnectionDrain(TimeProvider time)
{
    /// <summary>A connection that sent nothing for so long after the last request of any is idle.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    /// <summary>Who still sends after that ignores what it is told.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing;
    private long _lastArrival;
    private int _open;

    /// <summary>Counts the connection while it is open.</summary>
    public async Task TrackAsync(Func<Task> connection)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await connection();
        }
        finally
        {
            if (Interlocked.Decrement(ref _open) == 0 && _closing)
            {
                _empty.TrySetResult();
            }
        }
    }

    /// <summary>Tells the client of a request that comes after the end was asked for to close its connection.</summary>
    public void Arrived(HttpContext http)
    {
        if (_closing)
        {
            Volatile.Write(ref _lastArrival, time.GetTimestamp());
            Answering(http.Response.Headers);
        }
    }

    /// <summary>Does so in the answer of one that came before.</summary>
    public void Answering(IHeaderDictionary headers)
    {
        if (_closing)
        {
            headers.Connection = "close";
        }
    }

    /// <summary>Completes when no connection is open, or none has anything to say. Nobody may be able to connect any more.</summary>
    public async Task QuietAsync()
    {
        long begun = time.GetTimestamp();
        Volatile.Write(ref _lastArrival, begun);
        _closing = true;
        while (Volatile.Read(ref _open) > 0 && time.GetElapsedTime(begun) < Longest)
        {
            TimeSpan left = Silence - time.GetElapsedTime(Volatile.Read(ref _lastArrival));
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.WhenAny(_empty.Task, Task.Delay(left, time));
        }
    }
}
