using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Description;

/// <summary>A request that the model should be able to answer: from its saved input example, else made up from the signature.</summary>
/// <param name="Request">The whole body.</param>
internal sealed record ModelExample(byte[] Request, bool IsSynthetic)
{
    private const int LargestExample = 1 << 20;
    private const int RowsShown = 5;

    public static ModelExample Of(MlflowModel model, IServedModel plan)
        => FromModel(model) ?? new ModelExample(Body(plan.Columns is { } columns ? Table(columns) : Tensors(plan.Tensors)), IsSynthetic: true);

    /// <summary>Null where there is neither an example nor a signature to make one up from.</summary>
    public static ModelExample? Find(MlflowModel model, IServedModel plan)
        => plan.Columns is null && plan.Tensors.Length == 0 ? FromModel(model) : Of(model, plan);

    private static ModelExample? FromModel(MlflowModel model)
        => model.InputExample is { } path && FromFile(path) is ({ } saved, var parameters) ? new ModelExample(Body(saved, parameters), IsSynthetic: false) : null;

    /// <summary>What the file says as <c>input_data</c> and <c>params</c>; null where it cannot be told.</summary>
    private static (JsonNode? Input, JsonNode? Parameters) FromFile(string path)
    {
        if (new FileInfo(path).Length > LargestExample)
        {
            return default;
        }

        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return default;
        }

        // MLflow writes a table in split orient (bare, under the name its own server uses, or with parameters beside it), tensors under 'inputs'.
        var whole = root as JsonObject;
        var parameters = whole?["inputs"] is null ? null : whole["params"]?.DeepClone();
        return (Input(whole?["dataframe_split"] ?? whole?["inputs"] ?? root), parameters);
    }

    private static JsonNode? Input(JsonNode? saved)
    {
        if (saved is JsonObject split && split["data"] is JsonArray data)
        {
            if (split["columns"] is not JsonArray columns)
            {
                // Columns without names are not written.
                return new JsonArray([.. data.Take(RowsShown).Select(r => r?.DeepClone())]);
            }

            var rows = new JsonArray([.. data.Take(RowsShown).Select(r => r?.DeepClone())]);
            return new JsonObject
            {
                ["columns"] = columns.DeepClone(),
                ["index"] = new JsonArray([.. Enumerable.Range(0, rows.Count).Select(i => (JsonNode)i)]),
                ["data"] = rows,
            };
        }

        // An object of arrays is one of tensors by name; any other is the input of a model that this version does not know.
        return saved switch
        {
            JsonArray { Count: > 0 } records when records[0] is JsonObject => null,
            JsonArray array => array.DeepClone(),
            JsonObject tensors when tensors.All(t => t.Value is JsonArray) => tensors.DeepClone(),
            _ => null,
        };
    }

    private static byte[] Body(JsonNode inputData, JsonNode? parameters = null)
    {
        var body = new JsonObject { ["input_data"] = inputData };
        if (parameters is not null)
        {
            body["params"] = parameters;
        }

        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    private static JsonObject Table(ColumnLayout layout) => new()
    {
        ["columns"] = new JsonArray([.. layout.Columns.Select(c => (JsonNode)c.Name)]),
        ["index"] = new JsonArray(0),
        ["data"] = new JsonArray(new JsonArray([.. layout.Columns.Select(c => Neutral(c.Type))])),
    };

    private static JsonNode Tensors(InputTensor[] tensors)
    {
        if (tensors.Length == 1)
        {
            return Nested(tensors[0], 0);
        }

        var named = new JsonObject();
        foreach (var tensor in tensors)
        {
            named[tensor.Name] = Nested(tensor, 0);
        }

        return named;
    }

    private static JsonNode Nested(InputTensor tensor, int dimension)
    {
        if (dimension == tensor.Shape.Length)
        {
            return Neutral(tensor.Element)!;
        }

        var length = (int)Math.Clamp(tensor.Shape[dimension], 1, 4096);
        return new JsonArray([.. Enumerable.Range(0, length).Select(_ => Nested(tensor, dimension + 1))]);
    }

    private static JsonNode? Neutral(ColumnType type) => type switch
    {
        ColumnType.Boolean => false,
        ColumnType.Integer or ColumnType.Long => 0,
        ColumnType.Float or ColumnType.Double => 0.0,
        ColumnType.Other => null,
        _ => string.Empty,
    };
}
