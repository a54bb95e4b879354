using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace MlflowRollout.Shell.Commands;

/// <summary>One entry of <c>Select-Object -Property</c>: a name, a pattern, a script block, or a table with a name and an expression.</summary>
internal sealed class SelectColumn
{
    private SelectColumn(PSPropertyExpression expression, string? name)
    {
        Expression = expression;
        Name = name;
    }

    /// <summary>What gives the value.</summary>
    public PSPropertyExpression Expression { get; }

    /// <summary>The name that the user gave, or null.</summary>
    public string? Name { get; }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="PSArgumentException">It is none of the forms.</exception>
    public static SelectColumn Parse(object? entry)
    {
        object? value = entry is PSObject wrapped ? wrapped.BaseObject : entry;
        return value switch
        {
            string name => new SelectColumn(Named(name), null),
            ScriptBlock script => new SelectColumn(new PSPropertyExpression(script), null),
            PSPropertyExpression expression => new SelectColumn(expression, null),
            IDictionary table => FromTable(table),
            null => throw new PSArgumentException("A property cannot be null."),
            _ => throw new PSArgumentException($"Cannot convert {value.GetType()} to one of the following types {{System.String, System.Management.Automation.ScriptBlock}}."),
        };
    }

    /// <summary>The values that an object has for this entry, with their names.</summary>
    /// <param name="input">The object.</param>
    /// <param name="excluded">Patterns of names to leave out.</param>
    public IEnumerable<PSNoteProperty> Evaluate(PSObject input, IReadOnlyList<WildcardPattern> excluded)
    {
        List<PSPropertyExpressionResult> results =
        [
            .. Expression.ResolveNames(input)
                .Where(name => !excluded.Any(pattern => pattern.IsMatch(name.ToString())))
                .SelectMany(name => name.GetValues(input)),
        ];
        if (results.Count == 0 && !Expression.HasWildCardCharacters && !excluded.Any(pattern => pattern.IsMatch(Expression.ToString())))
        {
            // A name that the object lacks gives an empty property of that name.
            return [new PSNoteProperty(Name ?? Expression.ToString(), null)];
        }

        if (Name is not null && results.Count > 1)
        {
            throw new PSArgumentException($"Cannot rename multiple results to \"{Name}\": the property name matches more than one property.");
        }

        return results.Select(result => new PSNoteProperty(Name ?? result.ResolvedExpression.ToString(), result.Result));
    }

    private static SelectColumn FromTable(IDictionary table)
    {
        PSPropertyExpression? expression = null;
        string? name = null;
        foreach (DictionaryEntry entry in table)
        {
            string key = entry.Key?.ToString() ?? string.Empty;
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            if (Abbreviates(key, "Expression"))
            {
                expression = value switch
                {
                    ScriptBlock script => new PSPropertyExpression(script),
                    string { Length: > 0 } property => Named(property),
                    _ => throw new PSArgumentException("The value of the key Expression must be a script block or the name of a property."),
                };
            }
            else if (Abbreviates(key, "Name") || Abbreviates(key, "Label"))
            {
                name = value as string is { Length: > 0 } text ? text : throw new PSArgumentException("The value of the key Name must be a string that is not empty.");
            }
            else
            {
                throw new PSArgumentException($"The {key} key is not valid. Valid keys are: Expression, Name, Label.");
            }
        }

        return new SelectColumn(expression ?? throw new PSArgumentException("The key Expression is missing."), name);
    }

    private static PSPropertyExpression Named(string name) => name.Length > 0
        ? new PSPropertyExpression(name)
        : throw new PSArgumentException("The name of a property cannot be empty.");

    private static bool Abbreviates(string key, string whole) => key.Length > 0 && whole.StartsWith(key, StringComparison.OrdinalIgnoreCase);
}
