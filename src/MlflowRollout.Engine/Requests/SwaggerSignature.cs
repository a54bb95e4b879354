using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>
/// The signature in a deployment's <c>swagger.json</c>, version 2 or 3. Read are MLflow's types where the server adds them (extensions
/// <c>x-mlflow-columns</c>, <c>x-mlflow-tensors</c>), else what Azure's images for MLflow models describe by example: split, records, arrays by name (public
/// source: Azure/azureml-assets, mlflow_score_script.py, and Azure/InferenceSchema). Types from an example are those of its values; without rows they stay unknown.
/// </summary>
internal static class SwaggerSignature
{
    private const int DeepestTensor = 16;

    /// <summary>Reads the signature; null when the description tells no input columns.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static MlModelSignature? Read(ReadOnlyMemory<byte> swagger)
    {
        using JsonDocument document = JsonDocument.Parse(swagger);
        JsonElement root = document.RootElement;
        if (Find(root, "definitions", "ServiceInput") is not { } service && !TryFind(root, out service, "components", "schemas", "ServiceInput"))
        {
            return null;
        }

        if (!TryFind(service, out JsonElement input, "properties", "input_data"))
        {
            return null;
        }

        input = Resolve(root, input);
        bool byExample = Find(service, "example", "input_data") is { } example || TryFind(input, out example, "example");
        MlModelSignature? signature = FromExtensions(input) ?? FromSchema(root, input, byExample ? example : null);
        if (signature is not null)
        {
            signature.Parameters = ReadParameters(service);
            signature.Outputs = ReadOutputs(root);
        }

        return signature;
    }

    private static MlModelSignature? FromExtensions(JsonElement input)
    {
        if (Find(input, "x-mlflow-columns") is { ValueKind: JsonValueKind.Array } columns)
        {
            return new MlModelSignature
            {
                Inputs =
                [
                    .. columns.EnumerateArray().Select(column => new MlColumn
                    {
                        Name = Text(column, "name") ?? string.Empty,
                        Type = SignatureJson.ColumnTypeOf(Text(column, "x-mlflow-type") ?? Text(column, "type")),
                        Required = Find(column, "required") is not { ValueKind: JsonValueKind.False },
                    }),
                ],
            };
        }

        if (Find(input, "x-mlflow-tensors") is not { ValueKind: JsonValueKind.Array } tensors)
        {
            return null;
        }

        bool unnamed = Text(input, "type") == "array";
        return new MlModelSignature
        {
            IsTensor = true,
            Inputs =
            [
                .. tensors.EnumerateArray().Select(tensor => new MlColumn
                {
                    Name = unnamed ? "0" : Text(tensor, "name") ?? string.Empty,
                    Type = SignatureJson.TypeOf(Text(tensor, "dtype")),
                    Shape = Find(tensor, "shape") is { ValueKind: JsonValueKind.Array } shape
                        ? [.. shape.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) ? value : -1)]
                        : [],
                }),
            ],
        };
    }

    private static MlModelSignature? FromSchema(JsonElement root, JsonElement input, JsonElement? example)
    {
        if (example is { ValueKind: JsonValueKind.Object } split
            && Find(split, "columns") is { ValueKind: JsonValueKind.Array } columns
            && Find(split, "data") is { ValueKind: JsonValueKind.Array } data)
        {
            return FromSplit(columns, data);
        }

        if (example is { ValueKind: JsonValueKind.Array } list)
        {
            // Records carry names; plain rows are a tensor.
            return list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object
                ? new MlModelSignature { Inputs = Columns(list[0]) }
                : Tensors([("0", input, list)]);
        }

        if (Text(input, "type") == "array")
        {
            JsonElement items = Find(input, "items") is { } found ? Resolve(root, found) : default;
            return Find(items, "properties") is { ValueKind: JsonValueKind.Object } record
                ? new MlModelSignature { Inputs = [.. record.EnumerateObject().Select(property => Column(property.Name, property.Value))] }
                : Tensors([("0", input, example)]);
        }

        if (Find(input, "properties") is not { ValueKind: JsonValueKind.Object } properties || Find(properties, "columns") is not null)
        {
            // {"type": "object", "example": {}} is what a model without signature and example has.
            return example is { ValueKind: JsonValueKind.Object } named && named.EnumerateObject().Any() && named.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.Array)
                ? Tensors([.. named.EnumerateObject().Select(item => (item.Name, default(JsonElement), (JsonElement?)item.Value))])
                : null;
        }

        JsonProperty[] all = [.. properties.EnumerateObject()];
        return all.Length > 0 && all.All(property => Text(property.Value, "type") == "array")
            ? Tensors([.. all.Select(property => (property.Name, property.Value, example is { } values ? Find(values, property.Name) : null))])
            : new MlModelSignature { Inputs = [.. all.Select(property => Column(property.Name, property.Value))] };
    }

    private static MlModelSignature? FromSplit(JsonElement columns, JsonElement data)
    {
        MlColumn[] inputs = [.. columns.EnumerateArray().Select(name => new MlColumn { Name = name.ValueKind == JsonValueKind.String ? name.GetString()! : name.GetRawText() })];
        foreach (JsonElement row in data.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == inputs.Length))
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i].Type = Wider(inputs[i].Type, TypeOfValue(row[i]), row[i]);
            }
        }

        return inputs.Length == 0 ? null : new MlModelSignature { Inputs = inputs };
    }

    private static MlColumn[] Columns(JsonElement record) =>
        [.. record.EnumerateObject().Select(property => new MlColumn { Name = property.Name, Type = TypeOfValue(property.Value) })];

    private static MlColumn Column(string name, JsonElement schema) => new() { Name = name, Type = TypeOfSchema(schema) };

    private static MlModelSignature Tensors(IEnumerable<(string Name, JsonElement Schema, JsonElement? Example)> tensors) => new()
    {
        IsTensor = true,
        Inputs = [.. tensors.Select(tensor => Tensor(tensor.Name, tensor.Schema, tensor.Example))],
    };

    private static MlColumn Tensor(string name, JsonElement schema, JsonElement? example)
    {
        List<long> shape = [];
        MlColumnType type = MlColumnType.Unknown;
        if (example is { ValueKind: JsonValueKind.Array } value)
        {
            JsonElement at = value;
            while (at.ValueKind == JsonValueKind.Array && shape.Count < DeepestTensor)
            {
                // How many rows an example has says nothing about requests.
                shape.Add(shape.Count == 0 ? -1 : at.GetArrayLength());
                if (at.GetArrayLength() == 0)
                {
                    break;
                }

                at = at[0];
            }

            type = at.ValueKind == JsonValueKind.Array ? MlColumnType.Unknown : TypeOfValue(at);
        }

        JsonElement schemaAt = schema;
        int depth = 0;
        while (Text(schemaAt, "type") == "array" && depth++ < DeepestTensor && Find(schemaAt, "items") is { } items)
        {
            if (shape.Count < depth)
            {
                shape.Add(-1);
            }

            schemaAt = items;
        }

        MlColumnType declared = TypeOfSchema(schemaAt);
        return new MlColumn { Name = name, Type = declared == MlColumnType.Unknown ? type : declared, Shape = [.. shape] };
    }

    private static MlColumn[] ReadParameters(JsonElement service)
    {
        if (Find(service, "properties", "params") is not { } schema)
        {
            return [];
        }

        if (Find(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            return
            [
                .. properties.EnumerateObject().Select(property => new MlColumn
                {
                    Name = property.Name,
                    Type = Text(property.Value, "x-mlflow-type") is { } type ? SignatureJson.TypeOf(type) : TypeOfSchema(property.Value),
                    Required = Find(property.Value, "default") is null,
                    Shape = Find(property.Value, "x-mlflow-shape") is { ValueKind: JsonValueKind.Array } shape ? [.. shape.EnumerateArray().Select(_ => -1L)] : [],
                }),
            ];
        }

        return Find(schema, "example") is { ValueKind: JsonValueKind.Object } example
            ? [.. example.EnumerateObject().Select(item => new MlColumn { Name = item.Name, Type = TypeOfValue(item.Value), Required = false })]
            : [];
    }

    private static MlColumn[] ReadOutputs(JsonElement root)
    {
        if ((Find(root, "definitions", "ServiceOutput") ?? Find(root, "components", "schemas", "ServiceOutput")) is not { } output || Find(output, "items") is not { } items)
        {
            return [];
        }

        if (Find(items, "properties") is { ValueKind: JsonValueKind.Object } record)
        {
            return [.. record.EnumerateObject().Select(property => Column(property.Name, property.Value))];
        }

        MlColumnType type = Text(items, "x-mlflow-type") is { } name ? SignatureJson.TypeOf(name) : TypeOfSchema(items);
        return type == MlColumnType.Unknown ? [] : [new MlColumn { Name = "0", Type = type }];
    }

    private static MlColumnType TypeOfSchema(JsonElement schema) => (Text(schema, "type"), Text(schema, "format")) switch
    {
        ("integer", "int32" or "int16" or "int8" or "uint8" or "uint16") => MlColumnType.Integer,
        ("integer", _) => MlColumnType.Long,
        ("number", "float") => MlColumnType.Float,
        ("number", _) => MlColumnType.Double,
        ("boolean", _) => MlColumnType.Boolean,
        ("string", "binary" or "byte") => MlColumnType.Binary,
        ("string", "date" or "date-time") => MlColumnType.Datetime,
        ("string", "timedelta") => MlColumnType.Unknown,
        ("string", _) => MlColumnType.String,
        _ => MlColumnType.Unknown,
    };

    private static MlColumnType TypeOfValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? MlColumnType.Long : MlColumnType.Double,
        JsonValueKind.String => MlColumnType.String,
        JsonValueKind.True or JsonValueKind.False => MlColumnType.Boolean,
        _ => MlColumnType.Unknown,
    };

    // A column whose example rows mix whole and real numbers is real; null says nothing.
    private static MlColumnType Wider(MlColumnType known, MlColumnType here, JsonElement value)
    {
        if (known == MlColumnType.Unknown || known == here)
        {
            return here == MlColumnType.Unknown ? known : here;
        }

        return value.ValueKind == JsonValueKind.Null
            ? known
            : (known, here) is (MlColumnType.Long, MlColumnType.Double) or (MlColumnType.Double, MlColumnType.Long) ? MlColumnType.Double : MlColumnType.String;
    }

    private static JsonElement Resolve(JsonElement root, JsonElement schema)
    {
        if (Text(schema, "$ref") is { } reference && reference.StartsWith("#/", StringComparison.Ordinal) && TryFind(root, out JsonElement target, reference[2..].Split('/')))
        {
            return target;
        }

        return schema;
    }

    private static JsonElement? Find(JsonElement element, params string[] path) => TryFind(element, out JsonElement found, path) ? found : null;

    private static bool TryFind(JsonElement element, out JsonElement found, params string[] path)
    {
        found = element;
        foreach (string name in path)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out JsonElement inner))
            {
                return false;
            }

            found = inner;
        }

        return true;
    }

    private static string? Text(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
