using System.Text;
using System.Text.Json;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Yaml;

/// <summary>JSON as the same maps, lists and text as YAML, with places. YAML's own parser refuses some JSON, such as tabs.</summary>
internal sealed class JsonTree
{
    private const int Deepest = 40;
    private const int MostNodes = 200_000;

    private readonly byte[] _bytes;
    private readonly List<int> _lineStarts = [0];
    private readonly Action<YamlItem>? _onDuplicate;
    private int _nodes;

    private JsonTree(string text, Action<YamlItem>? onDuplicate)
    {
        _bytes = Encoding.UTF8.GetBytes(text);
        _onDuplicate = onDuplicate;
        for (int i = 0; i < _bytes.Length; i++)
        {
            if (_bytes[i] == (byte)'\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    /// <summary>True when the text can only be JSON, or YAML in JSON's style.</summary>
    public static bool LooksLikeJson(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="onDuplicate">Told of a key that is there twice, which is passed over then; null makes it an error.</param>
    /// <exception cref="YamlException">Broken JSON, or a limit was passed; carries line and column.</exception>
    public static YamlItem Read(string text, Action<YamlItem>? onDuplicate = null)
    {
        JsonTree tree = new(text, onDuplicate);
        Utf8JsonReader reader = new(tree._bytes, new JsonReaderOptions { MaxDepth = Deepest, CommentHandling = JsonCommentHandling.Skip });
        try
        {
            reader.Read();
            YamlItem root = tree.ReadValue(ref reader);
            reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            Mark at = new(0, (exception.LineNumber ?? 0) + 1, (exception.BytePositionInLine ?? 0) + 1);
            throw new YamlException(at, at, Reason(exception), exception);
        }
        catch (InvalidOperationException exception)
        {
            Mark at = tree.MarkAt(reader.TokenStartIndex);
            throw new YamlException(at, at, "the text has characters that are no Unicode", exception);
        }
    }

    private YamlItem ReadValue(ref Utf8JsonReader reader)
    {
        if (++_nodes > MostNodes)
        {
            Mark at = MarkAt(reader.TokenStartIndex);
            throw new YamlException(at, at, $"the text has more than {MostNodes} values");
        }

        YamlItem item = ItemAt(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadMap(ref reader, item);
                break;
            case JsonTokenType.StartArray:
                item.Items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    item.Items.Add(ReadValue(ref reader));
                }

                break;
            case JsonTokenType.String:
                item.Text = reader.GetString();
                break;
            case JsonTokenType.Null:
                item.IsPlain = true;
                break;
            default:
                item.IsPlain = true;
                item.Text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
        }

        return item;
    }

    private void ReadMap(ref Utf8JsonReader reader, YamlItem item)
    {
        item.Map = new Dictionary<string, YamlItem>(StringComparer.Ordinal);
        item.Keys = new Dictionary<string, YamlItem>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            YamlItem key = ItemAt(reader.TokenStartIndex);
            key.Text = reader.GetString()!;
            reader.Read();
            YamlItem value = ReadValue(ref reader);
            if (item.Map.TryAdd(key.Text, value))
            {
                item.Keys[key.Text] = key;
            }
            else if (_onDuplicate is null)
            {
                throw new YamlException(new Mark(0, key.Line, key.Column), new Mark(0, key.Line, key.Column), $"the key '{key.Text}' is there twice");
            }
            else
            {
                _onDuplicate(key);
            }
        }
    }

    private YamlItem ItemAt(long index)
    {
        Mark mark = MarkAt(index);
        return new YamlItem { Line = mark.Line, Column = mark.Column };
    }

    private Mark MarkAt(long index)
    {
        int line = _lineStarts.BinarySearch((int)index);
        line = line < 0 ? ~line - 1 : line;
        return new Mark(index, line + 1, Encoding.UTF8.GetCharCount(_bytes.AsSpan(_lineStarts[line]..(int)index)) + 1);
    }

    // The reader's message ends with its own account of the place.
    private static string Reason(JsonException exception)
    {
        int place = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? exception.Message : exception.Message[..place]).TrimEnd('.');
    }
}
