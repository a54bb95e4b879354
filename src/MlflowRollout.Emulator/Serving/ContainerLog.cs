using System.Globalization;
using System.Text;

namespace MlflowRollout.Emulator.Serving;

/// <summary>
/// The last lines of a container, in the inference server's format. Access lines are kept as numbers and written out only when read.
/// </summary>
internal sealed class ContainerLog
{
    private const int Capacity = 5000;

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly string _logger;
    private readonly int _processId;
    private Entry[] _entries = new Entry[64];
    private long _count;

    public ContainerLog(TimeProvider time, string logger, int processId)
    {
        _time = time;
        _logger = logger;
        _processId = processId;
    }

    /// <param name="level">I, W or E.</param>
    /// <param name="message">May have several lines; each becomes one.</param>
    public void Write(char level, string message)
    {
        var now = _time.GetUtcNow().UtcTicks;
        foreach (var line in message.AsSpan().EnumerateLines())
        {
            if (!line.IsEmpty)
            {
                Append(new Entry { Ticks = now, Level = level, Text = line.ToString() });
            }
        }
    }

    /// <summary>One answered request.</summary>
    /// <param name="target">Method and path; null for a POST to /score.</param>
    public void WriteAccess(DateTimeOffset now, int status, double milliseconds, int bytes, string? target = null)
        => Append(new Entry { Ticks = now.UtcTicks, Level = 'I', Status = status, Milliseconds = milliseconds, Bytes = bytes, Target = target });

    /// <summary>The last lines, oldest first, each ended by a new line.</summary>
    public string Read(int tail)
    {
        Entry[] picked;
        lock (_lock)
        {
            var kept = (int)Math.Min(_count, _entries.Length);
            var wanted = Math.Clamp(tail, 0, kept);
            picked = new Entry[wanted];
            for (var i = 0; i < wanted; i++)
            {
                picked[i] = _entries[(_count - wanted + i) % _entries.Length];
            }
        }

        var text = new StringBuilder(picked.Length * 80);
        foreach (ref readonly var entry in picked.AsSpan())
        {
            var time = new DateTime(entry.Ticks, DateTimeKind.Utc);
            text.Append(time.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture))
                .Append(' ').Append(entry.Level).Append(" [").Append(_processId).Append("] ").Append(_logger).Append(" - ");
            if (entry.Text is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{entry.Target ?? "POST /score"} {entry.Status} {entry.Milliseconds:F3}ms {entry.Bytes}");
            }
            else
            {
                text.Append(entry.Text);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private void Append(in Entry entry)
    {
        lock (_lock)
        {
            if (_count == _entries.Length && _entries.Length < Capacity)
            {
                Array.Resize(ref _entries, Math.Min(_entries.Length * 4, Capacity));
            }

            _entries[_count % _entries.Length] = entry;
            _count++;
        }
    }

    private struct Entry
    {
        public long Ticks;
        public string? Text;
        public string? Target;
        public double Milliseconds;
        public int Status;
        public int Bytes;
        public char Level;
    }
}
