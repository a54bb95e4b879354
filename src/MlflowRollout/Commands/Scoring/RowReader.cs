using System.Collections;
using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Reads the values of a row by the columns of a signature; one array a row, nothing else is allocated for plain rows.</summary>
internal sealed class RowReader
{
    private readonly string[] _names;
    private readonly HashSet<string>? _known;
    private readonly bool _isUnnamedTensor;

    /// <summary>Makes a reader.</summary>
    /// <param name="signature">The model's signature.</param>
    /// <param name="strict">True: columns that the model does not know are problems.</param>
    internal RowReader(MlModelSignature signature, bool strict)
    {
        _names = [.. signature.Inputs.Select(column => column.Name)];
        _isUnnamedTensor = signature.IsTensor && signature.Inputs is [{ Name: "0" or "" }];
        _known = strict && !_isUnnamedTensor ? new HashSet<string>(_names, StringComparer.OrdinalIgnoreCase) : null;
    }

    /// <summary>Reads a row.</summary>
    /// <param name="index">Its position, for messages.</param>
    /// <param name="row">The row.</param>
    /// <param name="values">Values in the signature's order.</param>
    /// <returns>Null, or what is wrong with the row.</returns>
    internal string? Read(long index, PSObject row, out object?[] values)
    {
        values = new object?[_names.Length];
        int column = 0;
        try
        {
            if (_known is not null && Unknown(row) is { } unknown)
            {
                return $"row {index + 1} (index {index}): the model does not know the column{(unknown.Length > 1 ? "s" : string.Empty)} '{string.Join("', '", unknown)}', and -Strict was given";
            }

            if (row.BaseObject is IDictionary map)
            {
                for (; column < _names.Length; column++)
                {
                    values[column] = map.Contains(_names[column]) ? RowColumns.Plain(map[_names[column]]) : IgnoringCase(map, _names[column]);
                }
            }
            else
            {
                PSMemberInfoCollection<PSPropertyInfo> properties = row.Properties;
                for (; column < _names.Length; column++)
                {
                    values[column] = properties[_names[column]] is { } property ? RowColumns.Plain(property.Value) : MlRow.Missing;
                }
            }

            if (_isUnnamedTensor && ReferenceEquals(values[0], MlRow.Missing))
            {
                // The only input has no name, so the row's values together are the input.
                values[0] = RowColumns.Of(row).Select(pair => RowColumns.Plain(pair.Value)).ToArray();
            }

            return null;
        }
        catch (GetValueException e)
        {
            return $"row {index + 1} (index {index}), column '{_names[Math.Min(column, _names.Length - 1)]}': its value cannot be read: {e.Message}";
        }
    }

    private string[]? Unknown(PSObject row)
    {
        List<string>? unknown = null;
        foreach (KeyValuePair<string, object?> pair in RowColumns.Of(row))
        {
            if (!_known!.Contains(pair.Key))
            {
                (unknown ??= []).Add(pair.Key);
            }
        }

        return unknown?.ToArray();
    }

    private static object? IgnoringCase(IDictionary map, string name)
    {
        foreach (DictionaryEntry entry in map)
        {
            if (entry.Key is string key && string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return RowColumns.Plain(entry.Value);
            }
        }

        return MlRow.Missing;
    }
}
