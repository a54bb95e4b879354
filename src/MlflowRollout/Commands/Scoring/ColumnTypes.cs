using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Makes a signature of <c>-ColumnType</c>.</summary>
internal static class ColumnTypes
{
    /// <summary>Reads the hashtable.</summary>
    /// <exception cref="MlValidationException">A type is none of MLflow's, or there are no columns.</exception>
    internal static MlModelSignature ToSignature(IDictionary types)
    {
        MlColumn[] columns = [.. types.Entries().Select(entry => new MlColumn { Name = entry.Key.ToString()!, Type = Parse(entry) })];
        return columns.Length > 0
            ? new MlModelSignature { Inputs = columns }
            : throw new MlValidationException(MlErrorIds.ParameterInvalid, "-ColumnType names no column.")
            {
                RecommendedAction = "Name each column of the model with its type, as in @{ age = 'long'; thal = 'string' }.",
            };
    }

    private static MlColumnType Parse(DictionaryEntry entry)
    {
        object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return text.ToUpperInvariant() switch
        {
            "INT" => MlColumnType.Integer,
            "BOOL" => MlColumnType.Boolean,
            _ when !int.TryParse(text, out _) && Enum.TryParse(text, ignoreCase: true, out MlColumnType type) && type != MlColumnType.Unknown => type,
            _ => throw new MlValidationException(
                MlErrorIds.ParameterInvalid, $"-ColumnType gives column '{entry.Key}' the type '{text}', which MLflow does not have.")
            {
                RecommendedAction = "Types are boolean, integer, long, float, double, string, binary, datetime and nested (lists, objects, maps).",
            },
        };
    }
}
