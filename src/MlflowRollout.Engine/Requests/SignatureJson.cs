using System.Globalization;
using System.Text.Json;

namespace MlflowRollout.Engine.Requests;

/// <summary>Reads MLflow's own JSON of signatures (MLflow, <c>mlflow.types.schema</c>).</summary>
internal static class SignatureJson
{
    /// <summary>A signature from its parts; null when it has no inputs.</summary>
    public static MlModelSignature? Read(JsonElement inputs, JsonElement outputs, JsonElement parameters)
    {
        MlColumn[] columns = ReadColumns(inputs, out bool isTensor);
        return columns.Length == 0
            ? null
            : new MlModelSignature
            {
                Inputs = columns,
                Outputs = ReadColumns(outputs, out _),
                Parameters = ReadParameters(parameters),
                IsTensor = isTensor,
            };
    }

    /// <summary>A column type from its name in MLflow or numpy.</summary>
    public static MlColumnType TypeOf(string? name) => name?.ToLowerInvariant() switch
    {
        "boolean" or "bool" => MlColumnType.Boolean,
        "integer" or "int32" or "int16" or "int8" or "uint8" or "uint16" => MlColumnType.Integer,
        "long" or "int64" or "uint32" => MlColumnType.Long,
        "float" or "float32" or "float16" => MlColumnType.Float,
        "double" or "float64" => MlColumnType.Double,
        "string" or "str" => MlColumnType.String,
        "binary" or "bytes" => MlColumnType.Binary,
        "datetime" => MlColumnType.Datetime,
        { } text when text.StartsWith("datetime64", StringComparison.Ordinal) => MlColumnType.Datetime,
        { } text when text.StartsWith("<u", StringComparison.Ordinal) || text.StartsWith("str", StringComparison.Ordinal) => MlColumnType.String,
        _ => MlColumnType.Unknown,
    };

    /// <summary>The type of a column of a table, where lists, objects and maps may stand; <c>object</c> of a tensor is another thing.</summary>
    public static MlColumnType ColumnTypeOf(string? name) => name is "array" or "object" or "map" ? MlColumnType.Nested : TypeOf(name);

    private static MlColumn[] ReadColumns(JsonElement list, out bool isTensor)
    {
        isTensor = false;
        if (list.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        List<MlColumn> columns = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"column {columns.Count + 1} is {JsonKinds.Describe(item)}, not an object");
            }

            string type = Text(item, "type") ?? string.Empty;
            MlColumn column = new()
            {
                Name = Text(item, "name") ?? columns.Count.ToString(CultureInfo.InvariantCulture),
                Required = Flag(item, "required") ?? !(Flag(item, "optional") ?? false),
            };
            if (type == "tensor" && item.TryGetProperty("tensor-spec", out JsonElement tensor) && tensor.ValueKind == JsonValueKind.Object)
            {
                isTensor = true;
                column.Type = TypeOf(Text(tensor, "dtype"));
                column.Shape = ReadShape(tensor);
            }
            else
            {
                column.Type = ColumnTypeOf(type);
            }

            columns.Add(column);
        }

        return [.. columns];
    }

    private static MlColumn[] ReadParameters(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object && Text(item, "name") is not null).Select(item => new MlColumn
            {
                Name = Text(item, "name")!,
                Type = TypeOf(Text(item, "type") ?? Text(item, "dtype")),
                Required = !item.TryGetProperty("default", out JsonElement value) || value.ValueKind == JsonValueKind.Null,
                Shape = ReadShape(item),
            }),
        ];
    }

    private static long[] ReadShape(JsonElement item) =>
        item.TryGetProperty("shape", out JsonElement shape) && shape.ValueKind == JsonValueKind.Array
            ? [.. shape.EnumerateArray().Select(dimension => dimension.ValueKind == JsonValueKind.Number && dimension.TryGetInt64(out long size) ? size : -1)]
            : [];

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool? Flag(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
