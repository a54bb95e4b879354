using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlflowRollout.Engine.Yaml;

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
    private readonly Action<YamlItem>? _onDuplicate;
    private int _nodes;
    private int _aliases;

    private YamlTree(string text, Action<YamlItem>? onDuplicate)
    {
        _parser = new Parser(new StringReader(text));
        _onDuplicate = onDuplicate;
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="onDuplicate">Told of a key that is there twice, which is passed over then; null makes it an error.</param>
    /// <exception cref="YamlException">Broken YAML, or a limit was passed; carries line and column.</exception>
    public static YamlItem Read(string text, Action<YamlItem>? onDuplicate = null)
    {
        if (text.Length > LongestText)
        {
            throw new YamlException($"the text is longer than {LongestText / 1024 / 1024} MiB");
        }

        YamlTree tree = new(text, onDuplicate);
        try
        {
            return tree.ReadDocument();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The parser itself, on text that is far from YAML.
            Mark at = tree._parser.Current?.Start ?? Mark.Empty;
            throw new YamlException(at, at, "the text cannot be read as YAML", exception);
        }
    }

    private YamlItem ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out StreamEnd? end))
        {
            throw new YamlException(end.Start, end.End, "the text is empty");
        }

        _parser.Consume<DocumentStart>();
        YamlItem root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, "the text has more than one document");
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
        item.Keys = new Dictionary<string, YamlItem>(StringComparer.Ordinal);
        List<YamlItem> merged = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            YamlItem key = ReadNode(depth + 1);
            if (key.Items is not null || key.Map is not null)
            {
                throw new YamlException(new Mark(0, key.Line, key.Column), new Mark(0, key.Line, key.Column), "a key must be plain text");
            }

            YamlItem value = ReadNode(depth + 1);
            item.Size += key.Size + value.Size;
            if (key is { IsPlain: true, Text: "<<" })
            {
                merged.Add(value);
                continue;
            }

            string name = key.Text ?? string.Empty;
            if (item.Map.TryAdd(name, value))
            {
                item.Keys[name] = key;
                continue;
            }

            if (_onDuplicate is null)
            {
                throw new YamlException(MarkOf(key), MarkOf(key), $"the key '{name}' is there twice");
            }

            _onDuplicate(key);
        }

        Merge(item, merged);
    }

    // YAML's merge key: entries of other maps, which those of the map itself and of earlier ones win over.
    private static void Merge(YamlItem item, List<YamlItem> merged)
    {
        foreach (YamlItem source in merged.SelectMany(value => value.Items ?? [value]))
        {
            if (source.Map is null)
            {
                throw new YamlException(MarkOf(source), MarkOf(source), "what << merges must be a map");
            }

            foreach ((string name, YamlItem value) in source.Map)
            {
                if (item.Map!.TryAdd(name, value))
                {
                    item.Keys![name] = source.Keys![name];
                }
            }
        }
    }

    private static Mark MarkOf(YamlItem item) => new(0, item.Line, item.Column);

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
