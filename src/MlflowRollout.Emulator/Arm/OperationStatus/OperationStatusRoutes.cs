using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Deployments;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.OperationStatus;

/// <summary>
/// How operations stand. A question is held until the operation is final, up to a limit, so that a client that polls
/// loses no time; only the answer of one that still runs asks it to come again.
/// </summary>
internal sealed class OperationStatusRoutes(EmulatorContext context, OperationRunner runner, AssetOperationExecutor assets)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(2);
    private static readonly (string, string) ComeAgain = ("Retry-After", "1");

    public IEnumerable<ArmRoute> All =>
    [
        new("GET", ArmPaths.Location + "/mfeOperationsStatus/{operation}", StatusAsync),
        new("GET", ArmPaths.Location + "/mfeOperationResults/{operation}", ResultAsync),
        new("GET", ArmPaths.Location + "/registryOperationsStatus/{operation}", StatusAsync),
        new("GET", ArmPaths.Location + "/registryOperationResults/{operation}", ResultAsync),
    ];

    private async Task<ArmReply> StatusAsync(ArmRequest request)
    {
        OperationRecord operation = await WaitAsync(request);
        bool running = operation.Status == State.OperationStatus.Running;
        JsonObject body = new()
        {
            ["id"] = OperationLinks.StatusPath(context, operation.Id),
            ["name"] = operation.Id,
            ["status"] = running ? operation.RunningState : operation.Status.ToString(),
            ["startTime"] = StoredTime.Write(operation.StartedAt),
        };
        if (operation.EndedAt is { } ended)
        {
            body["endTime"] = StoredTime.Write(ended);
        }

        if (operation.ErrorCode is null)
        {
            body["percentComplete"] = JsonNode.Parse(running ? "0.0" : "100.0");
        }
        else
        {
            body["error"] = new JsonObject { ["code"] = operation.ErrorCode, ["message"] = operation.ErrorMessage };
        }

        return ArmReply.Ok(body) with { Headers = running ? [ComeAgain] : [] };
    }

    private async Task<ArmReply> ResultAsync(ArmRequest request)
    {
        OperationRecord operation = await WaitAsync(request);
        switch (operation.Status)
        {
            case State.OperationStatus.Running:
                return ArmReply.Empty(202) with
                {
                    Headers = [("Location", OperationLinks.Result(context, operation.Id, request.ApiVersion)), ComeAgain],
                };
            case State.OperationStatus.Succeeded:
                return Render(operation, request.ApiVersion) is { } body ? ArmReply.Ok(body) : ArmReply.Empty(204);
            default:
                throw new ArmException(400, operation.ErrorCode ?? "OperationFailed", operation.ErrorMessage ?? "The operation did not succeed.");
        }
    }

    /// <summary>The resource that a PATCH or PUT left, or the answer of an action; nothing for deletions and keys.</summary>
    private JsonObject? Render(OperationRecord operation, string apiVersion)
    {
        if (AssetOperationExecutor.Knows(operation.Kind))
        {
            return assets.Result(operation);
        }

        if (operation.Kind is not (OperationKind.EndpointPut or OperationKind.EndpointPatch or OperationKind.DeploymentPut or OperationKind.DeploymentPatch))
        {
            return null;
        }

        return context.Database.Read(connection =>
        {
            ResourceRecord? endpoint = ResourceTable.Find(connection, ResourceKind.Endpoint, string.Empty, operation.Endpoint);
            if (endpoint is null || operation.Deployment is null)
            {
                return endpoint is null ? null : EndpointView.Render(endpoint, context, apiVersion);
            }

            ResourceRecord? deployment = ResourceTable.Find(connection, ResourceKind.Deployment, operation.Endpoint, operation.Deployment);
            return deployment is null ? null : DeploymentView.Render(deployment, endpoint.Name, context, apiVersion);
        });
    }

    private async Task<OperationRecord> WaitAsync(ArmRequest request)
    {
        string id = request.Route("operation");
        if (!request.Route("location").Equals(context.Identity.Location, StringComparison.OrdinalIgnoreCase))
        {
            throw ArmErrors.NotFound($"locations/{request.Route("location")}");
        }

        return await runner.WaitAsync(id, Hold, request.Aborted) ?? throw ArmErrors.NotFound($"mfeOperationsStatus/{id}");
    }
}
