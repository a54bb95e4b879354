using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MlflowRollout.Shell.Hosting;

/// <summary>
/// The progress bars below the output: redrawn in place, cleared before anything else is written, gone when the activity completes. Where
/// the output is no terminal it draws nothing. Not thread-safe; the user interface calls it under its lock.
/// </summary>
internal sealed class ProgressPane(ITerminal terminal, TimeProvider time)
{
    private const int MaxLines = 6;
    private const int BarWidth = 24;
    private static readonly TimeSpan DrawInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<(long Source, ProgressRecord Record)> _activities = [];
    private int _shownLines;
    private long _drawnAt;

    /// <summary>Whether an activity is under way.</summary>
    public bool IsActive => _activities.Count > 0;

    /// <summary>Takes a record, and draws when it is time and the cursor is where bars can be drawn.</summary>
    public void Update(long source, ProgressRecord record, bool canDraw)
    {
        if (!terminal.OutputIsTerminal)
        {
            return;
        }

        int known = _activities.FindIndex(activity => activity.Source == source && activity.Record.ActivityId == record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (known >= 0)
            {
                RemoveWithChildren(source, record.ActivityId);
                if (canDraw)
                {
                    Redraw();
                }
            }
        }
        else if (known < 0)
        {
            _activities.Add((source, record));
            if (canDraw)
            {
                Redraw();
            }
        }
        else
        {
            _activities[known] = (source, record);
            if (canDraw)
            {
                RedrawIfDue();
            }
        }
    }

    /// <summary>Draws the bars unless that was done a moment ago.</summary>
    public void RedrawIfDue()
    {
        if (_activities.Count > 0 && (_drawnAt == 0 || time.GetElapsedTime(_drawnAt) >= DrawInterval))
        {
            Redraw();
        }
    }

    /// <summary>Takes the bars off the terminal, so that something else can be written; <see cref="Redraw"/> brings them back.</summary>
    public void Hide()
    {
        if (_shownLines > 0)
        {
            terminal.Write("\r" + Ansi.Up(_shownLines - 1) + Ansi.ClearToEnd + Ansi.ShowCursor);
            _shownLines = 0;
        }
    }

    /// <summary>Draws the bars; the cursor must be at the beginning of a line, or behind the bars.</summary>
    public void Redraw()
    {
        List<string> lines = Lines();
        if (lines.Count == 0)
        {
            Hide();
            return;
        }

        StringBuilder text = new();
        text.Append(Ansi.HideCursor).Append('\r').Append(Ansi.Up(_shownLines - 1)).Append(Ansi.ClearToEnd);
        text.AppendJoin("\r\n", lines);
        terminal.Write(text.ToString());
        _shownLines = lines.Count;
        _drawnAt = time.GetTimestamp();
    }

    /// <summary>Forgets every activity, as after a pipeline that left some uncompleted.</summary>
    public void Clear()
    {
        _activities.Clear();
        Hide();
    }

    private void RemoveWithChildren(long source, int id)
    {
        _activities.RemoveAll(activity => activity.Source == source && activity.Record.ActivityId == id);
        int[] children = [.. _activities.Where(activity => activity.Source == source && activity.Record.ParentActivityId == id).Select(static activity => activity.Record.ActivityId)];
        foreach (int child in children)
        {
            RemoveWithChildren(source, child);
        }
    }

    private List<string> Lines()
    {
        int width = terminal.Width - 1;
        int most = Math.Min(MaxLines, terminal.Height / 2);
        List<string> lines = [];
        foreach ((long source, ProgressRecord record) in _activities.Where(IsRoot))
        {
            Add(lines, source, record, depth: 0, width);
        }

        return lines.Count <= most ? lines : [.. lines.TakeLast(most)];
    }

    private bool IsRoot((long Source, ProgressRecord Record) activity) =>
        activity.Record.ParentActivityId < 0
        || !_activities.Exists(other => other.Source == activity.Source && other.Record.ActivityId == activity.Record.ParentActivityId);

    private void Add(List<string> lines, long source, ProgressRecord record, int depth, int width)
    {
        // A record may name itself as its ancestor; a terminal's worth of depth is enough.
        if (depth > MaxLines)
        {
            return;
        }

        lines.Add(Line(record, depth, width));
        foreach ((long childSource, ProgressRecord child) in _activities.Where(activity => activity.Source == source && activity.Record.ParentActivityId == record.ActivityId))
        {
            Add(lines, childSource, child, depth + 1, width);
        }
    }

    private static string Line(ProgressRecord record, int depth, int width)
    {
        StringBuilder line = new();
        line.Append(' ', depth * 2).Append(record.Activity);
        if (record.PercentComplete is >= 0 and <= 100)
        {
            int full = record.PercentComplete * BarWidth / 100;
            line.Append(" [").Append('#', full).Append('.', BarWidth - full).Append(CultureInfo.InvariantCulture, $"] {record.PercentComplete,3} %");
        }

        if (!string.IsNullOrWhiteSpace(record.StatusDescription))
        {
            line.Append("  ").Append(record.StatusDescription);
        }

        if (!string.IsNullOrWhiteSpace(record.CurrentOperation))
        {
            line.Append("  ").Append(record.CurrentOperation);
        }

        if (record.SecondsRemaining >= 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"  {TimeSpan.FromSeconds(record.SecondsRemaining):c} left");
        }

        // Neither control characters nor more than the line holds: either would break the redrawing.
        string text = string.Concat(line.ToString().Select(static character => char.IsControl(character) ? ' ' : character));
        return text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";
    }
}
