using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlflowRollout.Emulator.Models;

/// <summary>A YAML parser that gives up on what no MLmodel file needs: deep nesting, many aliases, many nodes.</summary>
internal sealed class LimitedYamlParser(IParser inner) : IParser
{
    private const int MaximumDepth = 32;
    private const int MaximumAliases = 64;
    private const int MaximumEvents = 200_000;

    private int _depth;
    private int _aliases;
    private int _events;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        if (++_events > MaximumEvents)
        {
            throw Refuse($"more than {MaximumEvents} nodes");
        }

        switch (inner.Current)
        {
            case MappingStart or SequenceStart when ++_depth > MaximumDepth:
                throw Refuse($"nesting deeper than {MaximumDepth}");
            case MappingEnd or SequenceEnd:
                _depth--;
                break;
            case AnchorAlias when ++_aliases > MaximumAliases:
                throw Refuse($"more than {MaximumAliases} aliases");
            default:
                break;
        }

        return true;
    }

    private YamlException Refuse(string what)
    {
        var mark = inner.Current?.Start ?? Mark.Empty;
        return new YamlException(mark, mark, what);
    }
}
