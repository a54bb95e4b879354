namespace MlflowRollout.Shell.Prompt;

/// <summary>The lines typed in this session. They are not kept on disk: lines may hold secrets.</summary>
internal sealed class LineHistory
{
    private const int Capacity = 1000;

    private readonly List<string> _lines = [];
    private int _position;
    private string _draft = string.Empty;

    /// <summary>Adds a line, unless it repeats the last one.</summary>
    public void Add(string line)
    {
        if (!string.IsNullOrWhiteSpace(line) && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            if (_lines.Count > Capacity)
            {
                _lines.RemoveAt(0);
            }
        }

        Rewind();
    }

    /// <summary>Starts again from the newest line.</summary>
    public void Rewind()
    {
        _position = _lines.Count;
        _draft = string.Empty;
    }

    /// <summary>The line before, or null; what is being typed is kept.</summary>
    public string? Older(string current)
    {
        if (_position == 0)
        {
            return null;
        }

        if (_position == _lines.Count)
        {
            _draft = current;
        }

        return _lines[--_position];
    }

    /// <summary>The line after, at last what was being typed; or null.</summary>
    public string? Newer()
    {
        if (_position >= _lines.Count)
        {
            return null;
        }

        return ++_position == _lines.Count ? _draft : _lines[_position];
    }
}
