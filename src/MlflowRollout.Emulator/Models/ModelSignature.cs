using System.Text.Json;

namespace MlflowRollout.Emulator.Models;

/// <summary>What a model takes and gives, as MLflow recorded it.</summary>
internal sealed record ModelSignature(ModelSchema? Inputs, ModelSchema? Outputs, IReadOnlyList<ParameterSpecification> Parameters)
{
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 16 };

    /// <summary>Reads the JSON texts that <c>MLmodel</c> carries under <c>signature</c>.</summary>
    /// <exception cref="ModelFormatException">A text is not what MLflow writes.</exception>
    public static ModelSignature Parse(string? inputs, string? outputs, string? parameters)
        => new(ParseSchema("inputs", inputs), ParseSchema("outputs", outputs), ParseParameters(parameters));

    private static ModelSchema? ParseSchema(string side, string? json)
    {
        if (json is null)
        {
            return null;
        }

        return Read(side, json, root =>
        {
            var columns = new List<ColumnSpecification>();
            var tensors = new List<TensorSpecification>();
            foreach (var item in root.EnumerateArray())
            {
                var name = item.TryGetProperty("name", out var named) && named.ValueKind != JsonValueKind.Null ? named.ToString() : null;
                var typeName = item.GetProperty("type").GetString() ?? throw new FormatException("'type' is null");
                if (typeName == "tensor")
                {
                    var tensor = item.GetProperty("tensor-spec");
                    tensors.Add(new TensorSpecification(name, tensor.GetProperty("dtype").GetString() ?? "float64", Shape(tensor.GetProperty("shape"))));
                }
                else
                {
                    var type = TypeOf(typeName);
                    columns.Add(new ColumnSpecification(name, type, typeName, IsRequired(item), type == ColumnType.Other ? NestedType.Parse(item) : null));
                }
            }

            if (columns.Count > 0 && tensors.Count > 0)
            {
                throw new FormatException("columns and tensors are mixed");
            }

            var twice = columns.Select(c => c.Name).Concat(tensors.Select(t => t.Name)).OfType<string>()
                .GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
            if (twice is not null)
            {
                throw new FormatException($"'{twice.Key}' is there twice");
            }

            return new ModelSchema(columns, tensors);
        });
    }

    private static List<ParameterSpecification> ParseParameters(string? json)
    {
        if (json is null)
        {
            return [];
        }

        return Read("params", json, root => root.EnumerateArray().Select(item =>
        {
            // MLflow wrote 'dtype' first and 'type' later.
            var type = (item.TryGetProperty("type", out var typed) ? typed : item.GetProperty("dtype")).GetString() ?? "string";
            var value = item.TryGetProperty("default", out var given) && given.ValueKind != JsonValueKind.Null ? given.GetRawText() : null;
            var shape = item.TryGetProperty("shape", out var shaped) && shaped.ValueKind == JsonValueKind.Array ? Shape(shaped) : null;
            return new ParameterSpecification(item.GetProperty("name").GetString() ?? string.Empty, type, value, shape);
        }).ToList());
    }

    private static T Read<T>(string side, string json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json, ReaderOptions);
            return read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ModelFormatException($"The signature's '{side}' in MLmodel is not what MLflow writes: {failure.Message}", failure);
        }
    }

    private static bool IsRequired(JsonElement item)
    {
        if (item.TryGetProperty("required", out var required))
        {
            return required.GetBoolean();
        }

        return !(item.TryGetProperty("optional", out var optional) && optional.GetBoolean());
    }

    private static List<long> Shape(JsonElement shape) => [.. shape.EnumerateArray().Select(d => d.GetInt64())];

    private static ColumnType TypeOf(string name) => name switch
    {
        "boolean" => ColumnType.Boolean,
        "integer" => ColumnType.Integer,
        "long" => ColumnType.Long,
        "float" => ColumnType.Float,
        "double" => ColumnType.Double,
        "string" => ColumnType.String,
        "binary" => ColumnType.Binary,
        "datetime" => ColumnType.Datetime,
        _ => ColumnType.Other,
    };
}
