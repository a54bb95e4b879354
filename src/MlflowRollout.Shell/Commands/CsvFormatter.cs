using System.Collections;
using System.Management.Automation;
using System.Text;

namespace MlflowRollout.Shell.Commands;

/// <summary>Turns objects into lines of CSV.</summary>
internal sealed class CsvFormatter(char delimiter, CsvQuoteKind quotes, IEnumerable<string>? quoteFields)
{
    private readonly HashSet<string>? _quoteFields = quoteFields?.ToHashSet(StringComparer.OrdinalIgnoreCase);
    private readonly StringBuilder _line = new();

    /// <summary>The columns of an object: the keys of a dictionary, or the properties.</summary>
    public static IReadOnlyList<string> ColumnsOf(PSObject value)
    {
        if (value.BaseObject is IDictionary dictionary)
        {
            IEnumerable<string> added = value.Properties.OfType<PSNoteProperty>().Select(static property => property.Name);
            return [.. dictionary.Keys.Cast<object>().Select(LanguagePrimitives.ConvertTo<string>), .. added];
        }

        return [.. value.Properties.Select(static property => property.Name)];
    }

    /// <summary>The <c>#TYPE</c> line of an object.</summary>
    public static string TypeLine(PSObject value)
    {
        string type = value.TypeNames.FirstOrDefault() ?? string.Empty;
        return $"#TYPE {(type.StartsWith("CSV:", StringComparison.OrdinalIgnoreCase) ? type[4..] : type)}".TrimEnd();
    }

    /// <summary>The line of names.</summary>
    public string Header(IReadOnlyList<string> columns) => Line(columns, static column => column);

    /// <summary>The line of an object's values; what is null or cannot be read stays empty.</summary>
    public string Row(PSObject value, IReadOnlyList<string> columns) => Line(columns, column => TextOf(value, column));

    private static string? TextOf(PSObject value, string column)
    {
        if (value.BaseObject is IDictionary dictionary && dictionary.Contains(column))
        {
            return dictionary[column]?.ToString();
        }

        try
        {
            return value.Properties[column]?.Value?.ToString();
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private string Line(IReadOnlyList<string> columns, Func<string, string?> textOf)
    {
        _line.Clear();
        for (int i = 0; i < columns.Count; i++)
        {
            if (i > 0)
            {
                _line.Append(delimiter);
            }

            if (textOf(columns[i]) is string text)
            {
                Append(text, columns[i]);
            }
        }

        return _line.ToString();
    }

    private void Append(string text, string column)
    {
        bool quoted = _quoteFields?.Contains(column) ?? quotes switch
        {
            CsvQuoteKind.Always => true,
            CsvQuoteKind.AsNeeded => text.AsSpan().ContainsAny(delimiter, '\n', '"'),
            _ => false,
        };
        if (quoted)
        {
            _line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _line.Append(text);
        }
    }
}
