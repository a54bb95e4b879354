using System.Collections;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Reads <c>-Parameter</c>: what a request carries as <c>params</c>.</summary>
internal static class InferenceParameters
{
    /// <summary>Names and plain values in the hashtable's own order; null for null.</summary>
    /// <exception cref="MlValidationException">A name is empty.</exception>
    internal static Dictionary<string, object?>? Of(IDictionary? parameters)
    {
        if (parameters is null)
        {
            return null;
        }

        Dictionary<string, object?> values = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in parameters.Entries())
        {
            string name = entry.Key.ToString() ?? string.Empty;
            if (name.Length == 0)
            {
                throw new MlValidationException(MlErrorIds.ParameterInvalid, "-Parameter has an entry without a name.")
                {
                    RecommendedAction = "Name each inference parameter of the model with its value, as in @{ threshold = 0.7 }.",
                };
            }

            values[name] = RowColumns.Plain(entry.Value);
        }

        return values;
    }
}
