using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlflowRollout.Engine.Requests;

/// <summary>
/// YAML as maps, lists and text, with limits on size, depth and aliases. Nothing in the text chooses a type: tags are refused.
/// </summary>
internal sealed class YamlTree
{
    private const int LongestText = 4 * 1024 * 1024;
    private const int Deepest = 40;
    private const int MostNodes = 200_000;
    private const int MostAliases = 200;

    private readonly Parser _parser;
    private readonly Dictionary<string, YamlItem> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private int _aliases;

    private YamlTree(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Reads one document.</summary>
    /// <exception cref="YamlException">Broken YAML, or a limit was passed; carries line and column.</exception>
    public static YamlItem Read(string text)
    {
        if (text.Length > LongestText)
        {
            throw new YamlException($"the text is longer than {LongestText / 1024 / 1024} MiB");
        }

        YamlTree tree = new(text);
        tree._parser.Consume<StreamStart>();
        if (tree._parser.Accept<StreamEnd>(out StreamEnd? end))
        {
            throw new YamlException(end.Start, end.End, "the text is empty");
        }

        tree._parser.Consume<DocumentStart>();
        YamlItem root = tree.ReadNode(0);
        tree._parser.Consume<DocumentEnd>();
        if (!tree._parser.Accept<StreamEnd>(out _))
        {
            throw new YamlException(tree._parser.Current!.Start, tree._parser.Current.End, "the text has more than one document");
        }

        return root;
    }

    private YamlItem ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current ?? throw new YamlException("the text ends too early");
        if (depth > Deepest)
        {
            throw new YamlException(current.Start, current.End, $"the text is nested deeper than {Deepest} levels");
        }

        if (_parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            if (++_aliases > MostAliases || !_anchors.TryGetValue(alias.Value.Value, out YamlItem? target))
            {
                throw new YamlException(alias.Start, alias.End, $"the alias '{alias.Value.Value}' is not defined before it, or there are more than {MostAliases}");
            }

            Count(target.Size, alias);
            return target;
        }

        if (current is NodeEvent { Tag.IsEmpty: false, Tag.IsNonSpecific: false } tagged)
        {
            throw new YamlException(tagged.Start, tagged.End, $"the tag {tagged.Tag.Value} is not allowed");
        }

        Count(1, current);
        YamlItem item = new() { Line = current.Start.Line, Column = current.Start.Column };
        string? anchor = null;
        if (_parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            item.Text = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" } ? null : scalar.Value;
            item.IsPlain = scalar.Style == ScalarStyle.Plain;
            anchor = scalar.Anchor.IsEmpty ? null : scalar.Anchor.Value;
        }
        else if (_parser.TryConsume<SequenceStart>(out SequenceStart? sequence))
        {
            anchor = sequence.Anchor.IsEmpty ? null : sequence.Anchor.Value;
            item.Items = [];
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                YamlItem child = ReadNode(depth + 1);
                item.Items.Add(child);
                item.Size += child.Size;
            }
        }
        else
        {
            ReadMap(item, _parser.Consume<MappingStart>(), depth, out anchor);
        }

        // Known only when complete, so that nothing can contain itself.
        if (anchor is not null)
        {
            _anchors[anchor] = item;
        }

        return item;
    }

    private void ReadMap(YamlItem item, MappingStart start, int depth, out string? anchor)
    {
        anchor = start.Anchor.IsEmpty ? null : start.Anchor.Value;
        item.Map = new Dictionary<string, YamlItem>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            YamlItem key = ReadNode(depth + 1);
            if (key.Items is not null || key.Map is not null)
            {
                throw new YamlException(new Mark(0, key.Line, key.Column), new Mark(0, key.Line, key.Column), "a key must be plain text");
            }

            YamlItem value = ReadNode(depth + 1);
            if (!item.Map.TryAdd(key.Text ?? string.Empty, value))
            {
                throw new YamlException(new Mark(0, key.Line, key.Column), new Mark(0, key.Line, key.Column), $"the key '{key.Text}' is there twice");
            }

            item.Size += key.Size + value.Size;
        }
    }

    // An alias counts as what it stands for, so that aliases of aliases cannot explode.
    private void Count(int nodes, ParsingEvent at)
    {
        _nodes = checked(_nodes + nodes);
        if (_nodes > MostNodes)
        {
            throw new YamlException(at.Start, at.End, $"the text has more than {MostNodes} values");
        }
    }
}
