using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>The smallest bodies that are accepted.</summary>
internal static class Bodies
{
    public static JsonObject Endpoint(string authMode = "Key") => new()
    {
        ["location"] = "local",
        ["identity"] = new JsonObject { ["type"] = "SystemAssigned" },
        ["properties"] = new JsonObject { ["authMode"] = authMode },
    };

    public static JsonObject Deployment(string model) => new()
    {
        ["location"] = "local",
        ["sku"] = new JsonObject { ["name"] = "Default", ["capacity"] = 1 },
        ["properties"] = new JsonObject
        {
            ["endpointComputeType"] = "Managed",
            ["model"] = model,
            ["instanceType"] = "Standard_DS2_v2",
        },
    };

    public static JsonObject Model(string uri) => new()
    {
        ["properties"] = new JsonObject { ["modelType"] = "mlflow_model", ["modelUri"] = uri },
    };

    public static JsonObject Environment(string image) => new()
    {
        ["properties"] = new JsonObject { ["image"] = image },
    };

    public static JsonObject Code(string uri) => new()
    {
        ["properties"] = new JsonObject { ["codeUri"] = uri },
    };
}
