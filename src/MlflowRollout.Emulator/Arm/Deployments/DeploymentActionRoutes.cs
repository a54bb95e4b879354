using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>Logs and sizes of deployments.</summary>
internal sealed class DeploymentActionRoutes(EmulatorContext context, IServingPlane plane)
{
    private const int DefaultTail = 5000;

    public IEnumerable<ArmRoute> All =>
    [
        new("POST", ArmPaths.Deployment + "/getLogs", GetLogsAsync),
        new("GET", ArmPaths.Deployment + "/skus", ListSkus),
    ];

    private async Task<ArmReply> GetLogsAsync(ArmRequest request)
    {
        JsonObject source = await request.ReadOptionalObjectAsync() ?? [];
        (ResourceRecord endpoint, ResourceRecord deployment) = DeploymentLookup.Require(context, request);
        DeploymentContainer container = source.OptionalText("containerType", "containerType") switch
        {
            null or "InferenceServer" => DeploymentContainer.InferenceServer,
            "StorageInitializer" => DeploymentContainer.StorageInitializer,
            { } other => throw ArmErrors.InvalidContent($"The request content was invalid: 'containerType' must be InferenceServer or StorageInitializer, not '{other}'.", "containerType"),
        };
        int tail = source.OptionalInteger("tail", "tail") ?? DefaultTail;
        if (tail < 0)
        {
            throw ArmJson.WrongType("tail", "a number of lines, 0 or more");
        }

        return ArmReply.Ok(new JsonObject { ["content"] = plane.GetLog(endpoint.Name, deployment.Name, container, tail) });
    }

    private Task<ArmReply> ListSkus(ArmRequest request)
    {
        _ = DeploymentLookup.Require(context, request);
        JsonObject sku = new()
        {
            ["resourceType"] = "Microsoft.MachineLearning.Services/endpoints/deployments",
            ["sku"] = new JsonObject { ["name"] = "Default", ["tier"] = "Standard" },
            ["capacity"] = new JsonObject
            {
                ["default"] = 1,
                ["minimum"] = 1,
                ["maximum"] = DeploymentBody.LargestInstanceCount,
                ["scaleType"] = "Manual",
            },
        };
        return Task.FromResult(ArmPaging.Page<JsonObject>(request, context, [sku], "count", 100, item => item));
    }
}
