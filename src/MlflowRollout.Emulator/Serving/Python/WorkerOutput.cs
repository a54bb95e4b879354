using System.Globalization;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>What a worker prints, line by line, into the container's log. The last lines are kept for messages.</summary>
internal sealed class WorkerOutput(ContainerLog log)
{
    private const int LongestLine = 4000;
    private const int LinesKept = 12;

    private readonly object _lock = new();
    private readonly Queue<string> _last = new();

    /// <summary>The last lines of the error stream.</summary>
    public IReadOnlyList<string> LastErrors
    {
        get
        {
            lock (_lock)
            {
                return [.. _last];
            }
        }
    }

    /// <summary>Copies a stream to its end.</summary>
    public async Task PumpAsync(StreamReader reader, int processId, bool isError)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"[worker {processId}] ");
        var buffer = new char[1024];
        var line = new System.Text.StringBuilder();
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                for (var i = 0; i < read; i++)
                {
                    var c = buffer[i];
                    if (c == '\n')
                    {
                        End(line, prefix, isError);
                    }
                    else if (line.Length < LongestLine)
                    {
                        // The rest of an endless line is dropped.
                        line.Append(c);
                    }
                }
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone, and its output with it.
        }

        End(line, prefix, isError);
    }

    private void End(System.Text.StringBuilder line, string prefix, bool isError)
    {
        var text = line.ToString().TrimEnd('\r');
        line.Clear();
        if (text.Length == 0)
        {
            return;
        }

        log.Write(isError ? 'W' : 'I', prefix + text);
        if (isError)
        {
            lock (_lock)
            {
                _last.Enqueue(text);
                if (_last.Count > LinesKept)
                {
                    _last.Dequeue();
                }
            }
        }
    }
}
