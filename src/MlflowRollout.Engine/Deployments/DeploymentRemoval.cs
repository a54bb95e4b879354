using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Deletes deployments: never one that has traffic.</summary>
internal sealed class DeploymentRemoval(WorkspaceConnection connection)
{
    /// <summary>Deletes a deployment; its traffic is moved first where that is asked for.</summary>
    public async Task<MlDeployment?> RemoveAsync(
        string endpointName, string name, string? moveTrafficTo, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken)
    {
        DeploymentClient client = connection.DeploymentCalls;
        (JsonObject endpoint, JsonObject? read) = await client.ReadBothAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            throw await client.NotFoundAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        }

        MlDeployment there = DeploymentMapping.ToModel(read, endpointName, endpoint, connection);
        bool hasTraffic = there.TrafficWeight > 0 || there.MirrorTrafficWeight > 0;
        string where = client.Describe(endpointName, name);
        if (hasTraffic && moveTrafficTo is null)
        {
            throw new MlValidationException(
                MlErrorIds.DeploymentHasTraffic,
                $"The {where} has traffic ({DescribeTraffic(there)}), so it is not deleted. Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = there,
                RecommendedAction = "Say -MoveTrafficTo with the deployment that takes its traffic over, or move it first with Set-MlTraffic.",
            };
        }

        MlTrafficChange? move = hasTraffic
            ? await PlanMoveAsync(there, endpoint, moveTrafficTo!, timeout, cancellationToken).ConfigureAwait(false)
            : null;
        string action = move is null ? "Delete" : $"Move its traffic ({DescribeTraffic(there)}) to {moveTrafficTo}, then delete";
        if (!await context.ConfirmAsync(where, action).ConfigureAwait(false))
        {
            return null;
        }

        if (move is not null)
        {
            await connection.TrafficCalls.SetAsync(move, ask: false, context, cancellationToken).ConfigureAwait(false);
        }

        if (noWait)
        {
            await BusyRetry.RunAsync(connection, $"endpoint {endpointName}", client.Resource(endpointName, name).DeleteAsync, timeout, context, cancellationToken).ConfigureAwait(false);
            there.ProvisioningState = MlProvisioningState.Deleting;
            return there;
        }

        await DeleteAsync(connection, endpointName, name, timeout, context, cancellationToken).ConfigureAwait(false);
        return there;
    }

    /// <summary>Deletes, waits and verifies that it is gone.</summary>
    internal static async Task DeleteAsync(
        WorkspaceConnection connection, string endpointName, string name, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        DeploymentClient client = connection.DeploymentCalls;
        MachineLearningOnlineDeploymentResource resource = client.Resource(endpointName, name);
        StartedOperation operation = await BusyRetry.RunAsync(
            connection, $"endpoint {endpointName}", resource.DeleteAsync, timeout, context, cancellationToken).ConfigureAwait(false);
        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Deleting deployment {endpointName}/{name}",
                Subject = $"Deletion of deployment {endpointName}/{name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Remove-MlDeployment",
                Timeout = timeout,
            },
            cancellationToken).ConfigureAwait(false);
        await Deletion.VerifyAsync(
            resource, client.Describe(endpointName, name), MlErrorIds.OperationFailed, name, outcome, connection.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private async Task<MlTrafficChange> PlanMoveAsync(
        MlDeployment there, JsonObject endpoint, string moveTrafficTo, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (string.Equals(moveTrafficTo, there.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"The traffic of deployment {there.Name} cannot be moved to itself.")
            {
                Target = there,
                RecommendedAction = "Give -MoveTrafficTo another deployment.",
            };
        }

        MlDeployment target = await connection.DeploymentCalls.ReadAsync(there.EndpointName, moveTrafficTo, cancellationToken).ConfigureAwait(false);
        if (target.ProvisioningState != MlProvisioningState.Succeeded)
        {
            throw new MlValidationException(
                MlErrorIds.DeploymentNotReady,
                $"The {connection.DeploymentCalls.Describe(there.EndpointName, target.Name)} is in state {target.ProvisioningState} and not Succeeded, so it cannot take traffic over. Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = target,
                RecommendedAction = "Give -MoveTrafficTo a deployment that succeeded.",
            };
        }

        MlTrafficMap live = EndpointMapping.ReadMap(endpoint, "traffic");
        MlTrafficMap moved = new(live.Pairs());
        moved[target.Name] = live.WeightOf(target.Name) + live.WeightOf(there.Name);
        moved[there.Name] = 0;
        return new MlTrafficChange
        {
            EndpointName = there.EndpointName,
            Traffic = moved,
            // A mirrored deployment that goes cannot stay mirrored, and its mirror cannot move to one with live traffic.
            MirrorTraffic = there.MirrorTrafficWeight > 0 ? [] : null,
            Expected = live,
            Timeout = timeout,
        };
    }

    private static string DescribeTraffic(MlDeployment deployment) => deployment switch
    {
        { TrafficWeight: > 0, MirrorTrafficWeight: > 0 } => $"live {deployment.TrafficWeight} %, mirrored {deployment.MirrorTrafficWeight} %",
        { TrafficWeight: > 0 } => $"live {deployment.TrafficWeight} %",
        _ => $"mirrored {deployment.MirrorTrafficWeight} %",
    };
}
