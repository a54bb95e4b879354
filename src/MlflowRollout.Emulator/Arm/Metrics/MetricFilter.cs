using System.Diagnostics.CodeAnalysis;

namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>
/// A filter of Azure Monitor: <c>a eq 'x' and (b eq 'y' or b eq 'z') and c eq '*'</c>. <c>or</c> stands between values of one dimension
/// only, so it binds more tightly than <c>and</c>, with or without parentheses. A star takes every value.
/// </summary>
internal sealed class MetricFilter
{
    private readonly List<(string Dimension, HashSet<string>? Values)> _conditions = [];

    /// <summary>The dimensions that it names, in their order.</summary>
    public IReadOnlyList<string> Dimensions => [.. _conditions.Select(condition => condition.Dimension)];

    /// <param name="text">The query parameter; null or blank takes everything together.</param>
    public static MetricFilter Parse(string? text)
    {
        MetricFilter filter = new();
        if (!string.IsNullOrWhiteSpace(text))
        {
            MetricFilterReader reader = new(text);
            do
            {
                filter.AddGroup(reader);
            }
            while (reader.TryWord("and"));
            reader.End();
        }

        return filter;
    }

    /// <summary>Whether a value of a dimension passes. Dimensions that the filter does not name pass whatever they are.</summary>
    public bool Takes(string dimension, string value)
    {
        foreach ((string name, HashSet<string>? values) in _conditions)
        {
            if (name.Equals(dimension, StringComparison.OrdinalIgnoreCase))
            {
                return values is null || values.Contains(value);
            }
        }

        return true;
    }

    private void AddGroup(MetricFilterReader reader)
    {
        bool parentheses = reader.TrySymbol('(');
        string? dimension = null;
        HashSet<string>? values = new(StringComparer.OrdinalIgnoreCase);
        do
        {
            (string name, string value) = reader.Comparison();
            dimension ??= name;
            if (!dimension.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                throw MetricErrors.BadRequest($"The filter '{reader.Text}' is invalid: 'or' stands between values of one dimension, not between '{dimension}' and '{name}'.");
            }

            if (value == "*")
            {
                values = null;
            }

            values?.Add(value);
        }
        while (reader.TryWord("or"));
        if (parentheses && !reader.TrySymbol(')'))
        {
            throw reader.Mistake("')'");
        }

        if (Dimensions.Contains(dimension, StringComparer.OrdinalIgnoreCase))
        {
            throw MetricErrors.BadRequest($"The filter '{reader.Text}' is invalid: it names the dimension '{dimension}' twice. Put its values next to each other with 'or'.");
        }

        _conditions.Add((dimension, values));
    }

    /// <summary>Takes the text apart.</summary>
    private sealed class MetricFilterReader(string text)
    {
        private int _at;

        public string Text => text;

        public (string Dimension, string Value) Comparison()
        {
            if (!TryName(out string? name))
            {
                throw Mistake("the name of a dimension");
            }

            if (!TryWord("eq"))
            {
                throw Mistake("'eq'");
            }

            return (name, Literal());
        }

        public bool TryWord(string word)
        {
            int before = _at;
            if (TryName(out string? name) && name.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            _at = before;
            return false;
        }

        public bool TrySymbol(char symbol)
        {
            Skip();
            if (_at < text.Length && text[_at] == symbol)
            {
                _at++;
                return true;
            }

            return false;
        }

        public void End()
        {
            Skip();
            if (_at < text.Length)
            {
                throw Mistake("'and', 'or' or its end");
            }
        }

        public ArmException Mistake(string expected) =>
            MetricErrors.BadRequest($"The filter '{text}' is invalid at '{text[_at..]}': expected {expected}.");

        private bool TryName([NotNullWhen(true)] out string? name)
        {
            Skip();
            int start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '/' or '.'))
            {
                _at++;
            }

            name = _at > start ? text[start.._at] : null;
            return name is not null;
        }

        /// <summary>A text in single quotes; a quote in it is doubled.</summary>
        private string Literal()
        {
            if (!TrySymbol('\''))
            {
                throw Mistake("a value in single quotes");
            }

            int start = _at;
            while (true)
            {
                int quote = text.IndexOf('\'', _at);
                if (quote < 0)
                {
                    _at = start;
                    throw Mistake("a closing quote");
                }

                _at = quote + 1;
                if (_at >= text.Length || text[_at] != '\'')
                {
                    return text[start..quote].Replace("''", "'", StringComparison.Ordinal);
                }

                _at++;
            }
        }

        private void Skip()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }
    }
}
