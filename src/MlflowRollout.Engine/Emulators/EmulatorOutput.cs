using System.Diagnostics;
using System.Threading.Channels;

namespace MlflowRollout.Engine.Emulators;

/// <summary>What an emulator's process writes.</summary>
internal sealed class EmulatorOutput
{
    private const int KeptLines = 40;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<string> _errors = new();

    /// <summary>The last lines of its error stream.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join(Environment.NewLine, _errors).Trim();
            }
        }
    }

    /// <summary>Reads both streams to their ends.</summary>
    public async Task ReadAsync(Process process)
    {
        // The reader outlives the call that started it; a stream that breaks with the process is an end like any other.
        StreamReader output = process.StandardOutput;
        StreamReader error = process.StandardError;
        await Task.WhenAll(
            ReadLinesAsync(output, line => _lines.Writer.TryWrite(line)),
            ReadLinesAsync(
                error,
                line =>
                {
                    lock (_errors)
                    {
                        _errors.Enqueue(line);
                        if (_errors.Count > KeptLines)
                        {
                            _errors.Dequeue();
                        }
                    }
                })).ConfigureAwait(false);
    }

    /// <summary>The next line of its output.</summary>
    public async Task NextLineAsync(CancellationToken cancellationToken) => await _lines.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    private static async Task ReadLinesAsync(StreamReader reader, Action<string> take)
    {
        try
        {
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                take(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }
}
