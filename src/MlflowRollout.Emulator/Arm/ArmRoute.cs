using System.Diagnostics.CodeAnalysis;

namespace MlflowRollout.Emulator.Arm;

/// <summary>One operation of the control plane: a method, a path template and what answers.</summary>
internal sealed class ArmRoute
{
    private readonly string[] _segments;

    public ArmRoute(string method, string template, Func<ArmRequest, Task<ArmReply>> handler)
    {
        Method = method;
        Template = template;
        Handler = handler;
        _segments = template.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    public string Method { get; }

    public string Template { get; }

    public Func<ArmRequest, Task<ArmReply>> Handler { get; }

    /// <summary>Compares path segments, already unescaped, without regard to the case of literals.</summary>
    public bool TryMatch(IReadOnlyList<string> path, [NotNullWhen(true)] out Dictionary<string, string>? values)
    {
        values = null;
        if (path.Count != _segments.Length)
        {
            return false;
        }

        Dictionary<string, string> found = new(StringComparer.Ordinal);
        for (int index = 0; index < _segments.Length; index++)
        {
            string segment = _segments[index];
            if (segment[0] == '{')
            {
                found[segment[1..^1]] = path[index];
            }
            else if (!segment.Equals(path[index], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        values = found;
        return true;
    }
}
