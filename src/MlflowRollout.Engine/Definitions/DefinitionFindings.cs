using System.Globalization;
using System.Text;
using MlflowRollout.Engine.Yaml;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Definitions;

/// <summary>What is wrong in a definition file; all of it is reported together.</summary>
/// <param name="file">The file.</param>
internal sealed class DefinitionFindings(string file)
{
    private const int MostShown = 50;
    private const string WayOut = "Correct the file. The guide of definition files lists all keys, and the JSON schemas in docs/schemas let an editor check them.";

    private readonly SortedSet<Finding> _findings = [];

    /// <summary>True while nothing was found.</summary>
    public bool IsEmpty => _findings.Count == 0;

    /// <summary>Adds what is wrong at a place of the file.</summary>
    public void Add(YamlItem at, string message) => _findings.Add(new Finding(at.Line, at.Column, message));

    /// <summary>Raises what was found.</summary>
    /// <exception cref="MlValidationException">Something was.</exception>
    public void ThrowIfAny()
    {
        if (IsEmpty)
        {
            return;
        }

        StringBuilder text = new();
        if (_findings.Count == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"The definition file '{file}' has a mistake at {_findings.Min}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"The definition file '{file}' has {_findings.Count} mistakes:");
            foreach (Finding finding in _findings.Take(MostShown))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  {finding}");
            }

            if (_findings.Count > MostShown)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  and {_findings.Count - MostShown} more.");
            }

            text.Append('\n');
        }

        throw new MlValidationException(MlErrorIds.DefinitionInvalid, text.Append(text[^1] switch { '\n' => string.Empty, '.' or '?' => " ", _ => ". " }).Append("Nothing was changed.").ToString(), MlErrorCategory.InvalidData)
        {
            Target = file,
            RecommendedAction = WayOut,
        };
    }

    /// <summary>The error for a file that is neither YAML nor JSON.</summary>
    public static MlValidationException Unreadable(string file, long line, long column, string rule, Exception? cause = null) => new(
        MlErrorIds.DefinitionParseFailed,
        string.Create(CultureInfo.InvariantCulture, $"The definition file '{file}' cannot be read: line {line}, column {column}: {rule}. Nothing was changed."),
        MlErrorCategory.ParserError,
        cause)
    {
        Target = file,
        RecommendedAction = "Correct the file at that place. It must be YAML or JSON, in UTF-8.",
    };

    /// <summary>The error for broken YAML or JSON.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cause">What the parser says.</param>
    /// <param name="hasPlaceholder">True where the line has a placeholder of a template, which is the likely cause.</param>
    public static MlValidationException Unreadable(string file, YamlException cause, bool hasPlaceholder)
    {
        // Lines and columns of the parser begin with 1, but for an error that has no place.
        string rule = cause.Message.Trim().TrimEnd('.');
        int place = rule.StartsWith('(') ? rule.IndexOf("): ", StringComparison.Ordinal) : -1;
        return Unreadable(file, Math.Max(cause.Start.Line, 1), Math.Max(cause.Start.Column, 1), (place < 0 ? rule : rule[(place + 3)..]) + (hasPlaceholder ? "; {{…}} looks like a placeholder that is to be filled in" : string.Empty), cause);
    }

    private sealed record Finding(long Line, long Column, string Message) : IComparable<Finding>
    {
        public int CompareTo(Finding? other) => (Line, Column, Message).CompareTo((other!.Line, other.Column, other.Message));

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Message}");
    }
}
