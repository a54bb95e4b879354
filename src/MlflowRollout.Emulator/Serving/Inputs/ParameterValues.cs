using System.Buffers;
using System.Text.Json;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>
/// Reads the inference parameters of a request (<c>params</c>) as MLflow enforces them: types by the signature, whole numbers widened, defaults for what is
/// left out, unknown names ignored with a line in the log. A model without a parameter schema has them ignored altogether.
/// </summary>
internal sealed class ParameterValues(ParameterSchema schema)
{
    private readonly ArrayBufferWriter<byte> _json = new(64);
    private string? _failure;
    private bool _given;

    /// <summary>All parameters of the model as a JSON object, defaults included; empty where the model has none.</summary>
    public ReadOnlySpan<byte> Json => _given ? _json.WrittenSpan : schema.Defaults;

    public void Reset()
    {
        _given = false;
        _failure = null;
    }

    /// <summary>Reads the value at which the reader stands, to its end.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        Reset();
        using var document = JsonDocument.ParseValue(ref reader);
        var given = document.RootElement;
        if (given.ValueKind == JsonValueKind.Null || (given.ValueKind == JsonValueKind.Object && !given.EnumerateObject().MoveNext()))
        {
            return;
        }

        if (schema.Parameters.Count == 0)
        {
            schema.Note("`params` can only be specified at inference time if the model signature defines a params schema. This model does not define one: they are ignored.");
            return;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            _failure = $"Parameters must be a dictionary. Got type '{ParameterSchema.PythonType(given)}'.";
            return;
        }

        Write(given);
        _given = true;
    }

    /// <summary>Called when the input was read: MLflow looks at the parameters after it.</summary>
    /// <exception cref="InputException">A value does not fit.</exception>
    public void Require()
    {
        if (_failure is not null)
        {
            throw new InputException(_failure);
        }
    }

    private void Write(JsonElement given)
    {
        foreach (var member in given.EnumerateObject())
        {
            if (schema.Find(member.Name) is null)
            {
                schema.Note($"Unrecognized params ['{member.Name}'] are ignored for inference. Supported params are: {string.Join(", ", schema.Parameters.Select(p => p.Name))}.");
            }
        }

        List<string>? invalid = null;
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json);
        writer.WriteStartObject();
        foreach (var parameter in schema.Parameters)
        {
            writer.WritePropertyName(parameter.Name);
            if (!given.TryGetProperty(parameter.Name, out var value))
            {
                writer.WriteRawValue(parameter.DefaultJson ?? "null");
            }
            else if (ParameterSchema.Problem(parameter, value) is { } problem)
            {
                (invalid ??= []).Add($"('{parameter.Name}', \"{problem}\")");
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        _failure = invalid is null ? null : $"Invalid parameters found: {{{string.Join(", ", invalid)}}}";
    }
}
