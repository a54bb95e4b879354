using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>The inference parameters that a model takes, shared by all requests of its server.</summary>
/// <param name="parameters">From the signature.</param>
/// <param name="note">Where a request's ignored parameters are noted, each kind once.</param>
internal sealed class ParameterSchema(IReadOnlyList<ParameterSpecification> parameters, Action<string>? note = null)
{
    private const int MostNotes = 100;

    private readonly ConcurrentDictionary<string, byte> _noted = new(StringComparer.Ordinal);

    public IReadOnlyList<ParameterSpecification> Parameters => parameters;

    /// <summary>The parameters of a request that has none: a JSON object, or empty for a model without any.</summary>
    public byte[] Defaults { get; } = parameters.Count == 0
        ? []
        : Encoding.UTF8.GetBytes($"{{{string.Join(',', parameters.Select(p => $"{JsonSerializer.Serialize(p.Name)}:{p.DefaultJson ?? "null"}"))}}}");

    public ParameterSpecification? Find(string name) => parameters.FirstOrDefault(p => p.Name == name);

    /// <summary>Notes something once.</summary>
    public void Note(string text)
    {
        if (note is not null && _noted.Count < MostNotes && _noted.TryAdd(text, 0))
        {
            note(text);
        }
    }

    /// <summary>Null where a value fits, else MLflow's words.</summary>
    public static string? Problem(ParameterSpecification parameter, JsonElement value)
    {
        if (parameter.Shape is null)
        {
            return ScalarProblem(parameter, value);
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Array))
        {
            return $"Value must be a 1D array with shape (-1,) for param {parameter.Name}, received {PythonType(value)}";
        }

        return value.EnumerateArray().Select(item => ScalarProblem(parameter, item)).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>What Python calls a JSON value.</summary>
    public static string PythonType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "str",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "int" : "float",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "dict",
        _ => "NoneType",
    };

    private static string? ScalarProblem(ParameterSpecification parameter, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        bool? fits = parameter.TypeName switch
        {
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            "long" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "float" or "double" => value.ValueKind == JsonValueKind.Number,
            "datetime" => value.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            // Objects and what later versions of MLflow bring: the model's own business.
            _ => null,
        };
        if (fits is not false)
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            ? $"Value should be a scalar for param {parameter.Name}, got {PythonType(value)}"
            : parameter.TypeName == "datetime" ? $"Failed to convert value {value} from type {PythonType(value)} to datetime for param {parameter.Name}"
            : $"Incompatible types for param {parameter.Name}. Can not safely convert {PythonType(value)} to {parameter.TypeName}.";
    }
}
