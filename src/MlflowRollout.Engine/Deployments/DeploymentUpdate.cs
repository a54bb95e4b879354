using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Changes deployments.</summary>
internal sealed class DeploymentUpdate(WorkspaceConnection connection)
{
    private readonly DeploymentPreparation _preparation = new(connection);

    /// <summary>Changes a deployment by PATCH where that can carry it, else by read, modify, write.</summary>
    public async Task<MlDeployment?> UpdateAsync(
        string endpointName, string name, MlDeploymentSettings settings, bool allowLive, bool noWait, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken)
    {
        DeploymentClient client = connection.DeploymentCalls;
        (JsonObject endpoint, JsonObject? read) = await client.ReadBothAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            throw await client.NotFoundAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        }

        MlDeployment there = DeploymentMapping.ToModel(read, endpointName, endpoint, connection);
        string where = client.Describe(endpointName, name);
        DeploymentChecks.Check(name, settings, there.ComputeType == MlComputeType.Kubernetes);
        bool patch = DeploymentBody.IsPatch(settings);
        CheckAllowed(there, settings, where, allowLive || patch);
        DeploymentParts prepared = await _preparation.PrepareAsync(name, settings, there, withPackage: false, cancellationToken).ConfigureAwait(false);
        if (await _preparation.RegisterModelAsync(prepared, context, cancellationToken).ConfigureAwait(false) is not { } parts)
        {
            return null;
        }

        if (!await context.ConfirmAsync(where, Describe(settings, patch) + parts.Preparations).ConfigureAwait(false))
        {
            return null;
        }

        DeploymentIds ids = await _preparation.PublishAsync(endpointName, name, parts, settings, timeout, context, cancellationToken).ConfigureAwait(false);

        MachineLearningOnlineDeploymentResource resource = client.Resource(endpointName, name);
        Func<JsonObject, JsonObject> merge = patch ? fresh => DeploymentBody.Patch(fresh, settings) : fresh => DeploymentBody.Change(fresh, settings, ids);
        StartedOperation operation = await SendAsync(resource, endpointName, name, patch, merge, timeout, context, cancellationToken).ConfigureAwait(false);
        if (noWait)
        {
            JsonObject? now = operation.Body ?? await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
            return DeploymentMapping.ToModel(now.Object("properties") is null ? read : now!, endpointName, endpoint, connection);
        }

        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Updating deployment {endpointName}/{name}",
                Subject = $"Deployment {endpointName}/{name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Wait-MlDeployment",
                Timeout = timeout,
                LastLogLine = token => client.Logs.ReadLastLineAsync(endpointName, name, token),
            },
            cancellationToken).ConfigureAwait(false);
        MlDeployment updated = await client.FinishAsync(endpointName, name, $"Updating {where}", outcome, endpoint, cancellationToken).ConfigureAwait(false);
        Verify(updated, settings, ids.Model, where);
        return updated;
    }

    private async Task<StartedOperation> SendAsync(
        MachineLearningOnlineDeploymentResource resource, string endpointName, string name, bool patch, Func<JsonObject, JsonObject> merge, TimeSpan? timeout,
        IMlOperationContext context, CancellationToken cancellationToken)
    {
        (JsonObject Before, JsonObject Sent)? lost = null;
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await BusyRetry.RunAsync(connection, $"endpoint {endpointName}", WriteAsync, timeout, context, cancellationToken).ConfigureAwait(false);
            }
            catch (MlException exception) when (LostAnswer.Is(exception) && failures < LostAnswer.MaximumFailures)
            {
                context.Debug($"The answer to the change of deployment {endpointName}/{name} was lost or refused: {exception.Message}");
                await Task.Delay(LostAnswer.DelayAfter(failures), connection.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }

        async Task<StartedOperation> WriteAsync(CancellationToken token)
        {
            // Read again right before each write: an autoscaler's or another's instance count must not be sent back stale.
            JsonObject fresh = await resource.GetIfExistsAsync(token).ConfigureAwait(false)
                ?? throw await connection.DeploymentCalls.NotFoundAsync(endpointName, name, token).ConfigureAwait(false);
            if (lost is { } unanswered && LostAnswer.WasCarriedOut(unanswered.Before, unanswered.Sent, fresh))
            {
                context.Debug($"The change of deployment {endpointName}/{name} is there, although its answer was lost; going on with it.");
                return StartedOperation.Resume(resource, resource.ReadAddress, fresh, ResourceMapping.OperationOf(fresh)!);
            }

            JsonObject body = merge(fresh);
            lost ??= (fresh, body);
            return patch
                ? await resource.UpdateAsync(body, token).ConfigureAwait(false)
                : await resource.CreateOnceAsync(body, token).ConfigureAwait(false);
        }
    }

    private static void CheckAllowed(MlDeployment there, MlDeploymentSettings settings, string where, bool allowed)
    {
        if (settings.InstanceType is { } instanceType && !string.Equals(instanceType, there.InstanceType, StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(
                MlErrorIds.ParameterInvalid,
                $"The instance type of {where} is {there.InstanceType} and cannot be changed after creation. Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = there,
                RecommendedAction = "Make a new deployment with the other instance type and move traffic to it.",
            };
        }

        if (there.TrafficWeight > 0 && !allowed)
        {
            throw new MlValidationException(
                MlErrorIds.DeploymentHasTraffic,
                $"The {where} serves {there.TrafficWeight} % of the live traffic, so its model and settings are not changed under it. Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = there,
                RecommendedAction = "Make a new deployment and move traffic to it, or say -AllowLive.",
            };
        }
    }

    private static string Describe(MlDeploymentSettings settings, bool patch)
    {
        List<string> parts = [];
        if (settings.Model is { } model)
        {
            parts.Add($"model {model.Reference}");
        }
        else if (settings.ModelReference is { } reference)
        {
            parts.Add($"model {reference}");
        }

        if (settings.InstanceCount is { } count)
        {
            parts.Add($"{count} instance{(count == 1 ? string.Empty : "s")}");
        }

        return parts.Count > 0 ? $"Update ({string.Join(", ", parts)})" : patch ? "Update tags" : "Update";
    }

    private static void Verify(MlDeployment updated, MlDeploymentSettings settings, string? modelId, string where)
    {
        bool otherModel = modelId is not null && !string.Equals(updated.Model, modelId, StringComparison.OrdinalIgnoreCase);
        bool otherCount = settings.InstanceCount is { } count && updated.InstanceCount != count;
        if (otherModel || otherCount)
        {
            throw new MlConflictException(
                MlErrorIds.ResourceConflict,
                $"The {where} was updated, but what was read back differs from what was asked for ({(otherModel ? $"model {updated.Model}" : $"{updated.InstanceCount} instances")}): another writer changed it at the same time.")
            {
                Target = updated,
                RecommendedAction = "Look at it with Get-MlDeployment and update it again where needed.",
            };
        }
    }
}
