using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>
/// A hashtable of settings, read key by key whatever their case, with durations and numbers as everywhere in this module. What is no key of it is refused with the
/// keys that there are.
/// </summary>
internal sealed class SettingsTable
{
    private readonly string _what;
    private readonly string[] _keys;
    private readonly Dictionary<string, object?> _values = new(StringComparer.OrdinalIgnoreCase);

    private SettingsTable(string what, string[] keys)
    {
        _what = what;
        _keys = keys;
    }

    /// <summary>Takes a hashtable.</summary>
    /// <param name="what">What it describes, with its article: <c>a probe</c>.</param>
    /// <param name="value">The hashtable.</param>
    /// <param name="keys">Keys that it may have.</param>
    /// <exception cref="ArgumentTransformationMetadataException">It is no hashtable, or has another key.</exception>
    internal static SettingsTable Read(string what, object? value, params string[] keys)
    {
        if (Unwrap(value) is not IDictionary map)
        {
            throw new ArgumentTransformationMetadataException($"'{value}' is not {what}. Give a hashtable with any of the keys {string.Join(", ", keys)}.");
        }

        SettingsTable table = new(what, keys);
        foreach (DictionaryEntry entry in map.Entries())
        {
            string key = entry.Key.ToString()!;
            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new ArgumentTransformationMetadataException($"The key '{key}' is none of {what}. There are {string.Join(", ", keys)}.");
            }

            table._values[key] = Unwrap(entry.Value);
        }

        return table;
    }

    /// <summary>The value without PowerShell's wrapping.</summary>
    internal static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>A value; null where the key is absent.</summary>
    internal object? Value(string key) => _values.GetValueOrDefault(Known(key));

    /// <summary>A value as text; null where the key is absent.</summary>
    internal string? Text(string key) => Value(key) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <summary>A value as a whole number; null where the key is absent.</summary>
    internal int? Number(string key) => Value(key) is not { } value
        ? null
        : int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Bad(key, value, "a whole number");

    /// <summary>A value as a share; null where the key is absent.</summary>
    internal double? Share(string key) => Value(key) is not { } value
        ? null
        : double.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
            ? share
            : throw Bad(key, value, "a number from 0 to 1");

    /// <summary>A value as a flag; null where the key is absent. The Azure CLI's quoted truth values are read too.</summary>
    internal bool? Flag(string key) => Value(key) switch
    {
        null => null,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        var value => bool.TryParse(value.ToString(), out bool flag) ? flag : throw Bad(key, value, "$true or $false"),
    };

    /// <summary>A value as a duration; null where the key is absent.</summary>
    internal TimeSpan? Duration(string key)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        try
        {
            return DurationTransformationAttribute.Parse(value);
        }
        catch (ArgumentTransformationMetadataException exception)
        {
            throw new ArgumentTransformationMetadataException($"'{key}' of {_what}: {exception.Message}", exception);
        }
    }

    /// <summary>A value as texts; null where the key is absent.</summary>
    internal IReadOnlyList<string>? Texts(string key) => Value(key) switch
    {
        null => null,
        string text => [text],
        IEnumerable list => [.. list.Cast<object?>().Select(item => Convert.ToString(Unwrap(item), CultureInfo.InvariantCulture) ?? string.Empty)],
        var value => throw Bad(key, value, "a text or several"),
    };

    /// <summary>A value as a hashtable of texts; null where the key is absent.</summary>
    internal IReadOnlyDictionary<string, string>? TextMap(string key) => Value(key) switch
    {
        null => null,
        IDictionary map => map.Entries().ToDictionary(entry => entry.Key.ToString()!, entry => Convert.ToString(Unwrap(entry.Value), CultureInfo.InvariantCulture) ?? string.Empty),
        var value => throw Bad(key, value, "a hashtable"),
    };

    private ArgumentTransformationMetadataException Bad(string key, object value, string rule) =>
        new($"'{key}' of {_what} is '{Convert.ToString(value, CultureInfo.InvariantCulture)}'. It is {rule}.");

    private string Known(string key) => _keys.Contains(key, StringComparer.Ordinal) ? key : throw new ArgumentOutOfRangeException(nameof(key), key, "No key of this table.");
}
