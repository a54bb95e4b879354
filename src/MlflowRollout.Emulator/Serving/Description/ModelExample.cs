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
        => model.InputExample is { } path && FromFile(path) is { } saved ? new ModelExample(Body(saved), IsSynthetic: false) : null;

    private static JsonNode? FromFile(string path)
    {
        if (new FileInfo(path).Length > LargestExample)
        {
            return null;
        }

        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return null;
        }

        // MLflow writes a table in split orient (bare, or under the name its own server uses), tensors under 'inputs'.
        var table = (root as JsonObject)?["dataframe_split"] ?? root;
        if (table is JsonObject split && split["columns"] is JsonArray columns && split["data"] is JsonArray data)
        {
            var rows = new JsonArray([.. data.Take(RowsShown).Select(r => r?.DeepClone())]);
            return new JsonObject
            {
                ["columns"] = columns.DeepClone(),
                ["index"] = new JsonArray([.. Enumerable.Range(0, rows.Count).Select(i => (JsonNode)i)]),
                ["data"] = rows,
            };
        }

        return (root as JsonObject)?["inputs"]?.DeepClone();
    }

    private static byte[] Body(JsonNode inputData) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["input_data"] = inputData });

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

    private static JsonNode Neutral(ColumnType type) => type switch
    {
        ColumnType.Boolean => false,
        ColumnType.Integer or ColumnType.Long => 0,
        ColumnType.Float or ColumnType.Double => 0.0,
        _ => string.Empty,
    };
}
