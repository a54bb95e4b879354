using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>The line that tells a worker what to load and where to connect. It carries the secret, so it goes over standard input.</summary>
internal static class WorkerConfiguration
{
    public static string Line(PythonPlan plan, WorkerListener listener, string secret)
        => new JsonObject
        {
            ["socket"] = listener.SocketPath,
            ["port"] = listener.Port,
            ["secret"] = secret,
            ["parent"] = Environment.ProcessId,
            ["kind"] = plan.Kind,
            ["folder"] = plan.Folder,
            ["data"] = plan.Data,
            ["code"] = plan.Code,
            ["loader"] = plan.Loader,
            ["modelClass"] = plan.ModelClass,
            ["predict"] = plan.Predict,
            ["mlflow"] = plan.MlflowCanLoad,
            ["input"] = Input(plan),
            ["dates"] = new JsonArray([.. plan.Parameters.Parameters.Where(p => p.TypeName == "datetime").Select(p => (JsonNode)p.Name)]),
        }.ToJsonString(JsonSerializerOptions.Default);

    private static JsonObject Input(PythonPlan plan)
    {
        if (plan.Columns is { } columns)
        {
            return new JsonObject
            {
                ["mode"] = "columns",
                ["columns"] = new JsonArray([.. columns.Columns.Select(c => (JsonNode)new JsonObject
                {
                    ["name"] = plan.AreColumnsNamed ? c.Name : null,
                    ["type"] = c.TypeName,
                })]),
            };
        }

        if (plan.Tensors.Length > 0)
        {
            return new JsonObject
            {
                ["mode"] = "tensors",
                ["named"] = plan.AreTensorsNamed,
                ["tensors"] = new JsonArray([.. plan.Tensors.Select(t => (JsonNode)new JsonObject
                {
                    ["name"] = t.Name,
                    ["dtype"] = t.DataType == "object" ? "str" : t.DataType,
                })]),
            };
        }

        return new JsonObject { ["mode"] = "json", ["language"] = plan.IsLanguageModel };
    }
}
