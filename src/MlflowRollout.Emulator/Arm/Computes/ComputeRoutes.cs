using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Computes;

/// <summary>Computes of the workspace, as clients look them up for Kubernetes endpoints. Those that endpoints use are listed.</summary>
internal sealed class ComputeRoutes(EmulatorContext context)
{
    private const string Template = ArmPaths.Workspace + "/computes/{compute}";
    private const string WayOut = "Any name of a compute can be used as it is: it is taken for an attached Kubernetes cluster.";

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Workspace + "/computes", List),
        new("GET", Template, Get),
        new("PUT", Template, request => throw ArmErrors.NotSupported($"Creating or changing the compute '{request.Route("compute")}'", WayOut)),
        new("PATCH", Template, request => throw ArmErrors.NotSupported($"Changing the compute '{request.Route("compute")}'", WayOut)),
        new("DELETE", Template, request => throw ArmErrors.NotSupported($"Deleting or detaching the compute '{request.Route("compute")}'", WayOut)),
    ];

    private Task<ArmReply> List(ArmRequest request)
    {
        List<string> used = context.Database.Read(connection => ResourceTable.List(connection, ResourceKind.Endpoint))
            .Select(endpoint => endpoint.Properties["compute"]?.GetValue<string>())
            .OfType<string>()
            .Select(id => ComputeId.ReadName(id, context.Identity, out _))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        return Task.FromResult(ArmPaging.Page(request, context, used, "count", 100, Render));
    }

    private Task<ArmReply> Get(ArmRequest request)
    {
        string name = request.Route("compute");
        return ComputeId.IsName(name)
            ? Task.FromResult(ArmReply.Ok(Render(name)))
            : throw ArmErrors.NotFound($"Microsoft.MachineLearningServices/workspaces/computes/{name}");
    }

    private JsonObject Render(string name)
    {
        WorkspaceIdentity identity = context.Identity;
        string created = StoredTime.Write(identity.CreatedAt);
        return new JsonObject
        {
            ["id"] = ComputeId.Of(identity, name),
            ["name"] = name,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/computes",
            ["location"] = identity.Location,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject
            {
                ["computeType"] = "Kubernetes",
                ["computeLocation"] = identity.Location,
                ["description"] = "There is no cluster: deployments run in the emulator.",
                ["provisioningState"] = ProvisioningStates.Succeeded,
                ["provisioningErrors"] = null,
                ["createdOn"] = created,
                ["modifiedOn"] = created,
                ["resourceId"] = $"/subscriptions/{identity.SubscriptionId}/resourceGroups/{identity.ResourceGroup}/providers/Microsoft.ContainerService/managedClusters/{name}",
                ["isAttachedCompute"] = true,
                ["disableLocalAuth"] = true,
                ["properties"] = new JsonObject
                {
                    ["extensionInstanceReleaseTrain"] = "stable",
                    ["namespace"] = "default",
                    ["defaultInstanceType"] = "defaultinstancetype",
                    ["instanceTypes"] = new JsonObject
                    {
                        ["defaultinstancetype"] = new JsonObject
                        {
                            ["nodeSelector"] = null,
                            ["resources"] = new JsonObject
                            {
                                ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "2Gi" },
                                ["limits"] = new JsonObject { ["cpu"] = "2", ["memory"] = "2Gi" },
                            },
                        },
                    },
                },
            },
        };
    }
}
