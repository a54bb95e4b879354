using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Makes deployments.</summary>
internal sealed class DeploymentCreation(WorkspaceConnection connection)
{
    private readonly DeploymentPreparation _preparation = new(connection);

    /// <summary>Creates a deployment, or does with the one that is there what the specification says.</summary>
    public async Task<MlDeploymentResult?> CreateAsync(
        MlDeploymentSpecification specification, IMlOperationContext context, CancellationToken cancellationToken)
    {
        CheckSpecification(specification);
        string endpointName = specification.EndpointName;
        string name = specification.Name;
        DeploymentClient client = connection.DeploymentCalls;
        (JsonObject endpoint, JsonObject? there) = await client.ReadBothAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
        bool kubernetes = EndpointMapping.IsKubernetes(endpoint);
        DeploymentChecks.Check(name, specification.Settings, kubernetes);
        if (kubernetes)
        {
            ResourceNames.CheckKubernetesPair(endpointName, name);
        }

        if (!kubernetes && specification.Settings.InstanceType is null && specification.IfExists is not (MlIfExists.Skip or MlIfExists.Update))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"Deployment {name} of the managed endpoint {endpointName} needs an instance type.")
            {
                Target = name,
                RecommendedAction = "Give -InstanceType, for instance Standard_DS3_v2.",
            };
        }

        CheckAllTraffic(specification, endpoint);
        if (there is not null && specification.IfExists == MlIfExists.Update)
        {
            MlDeployment? updated = await client.UpdateAsync(
                endpointName, name, specification.Settings, specification.AllowLive, specification.NoWait, specification.Timeout, context, cancellationToken).ConfigureAwait(false);
            return updated is null ? null : await FollowUpAsync(specification, updated, context, cancellationToken).ConfigureAwait(false);
        }

        DeploymentParts? parts = await _preparation.PrepareAsync(name, specification.Settings, there: null, specification.WithPackage, cancellationToken).ConfigureAwait(false);
        if (parts is { ModelId: null, ModelToRegister: null, Environment: null })
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"Deployment {name} of endpoint {endpointName} needs a model. Nothing was changed.")
            {
                Target = name,
                RecommendedAction = "Pipe a model (Register-MlModel, Get-MlModel) or give -Model. Only a container of one's own (-Environment) goes without.",
            };
        }

        if (there is not null && specification.IfExists == MlIfExists.Error)
        {
            throw AlreadyExists(DeploymentMapping.ToModel(there, endpointName, endpoint, connection));
        }

        parts = await _preparation.RegisterModelAsync(parts, context, cancellationToken).ConfigureAwait(false);
        if (parts is null || (there is not null && parts is { ModelId: null, ModelToRegister: not null }))
        {
            return null;
        }

        MlDeployment? deployment = there is null
            ? await MakeAsync(specification, parts, kubernetes, replaces: false, context, cancellationToken).ConfigureAwait(false)
            : await UseExistingAsync(specification, parts, kubernetes, DeploymentMapping.ToModel(there, endpointName, endpoint, connection), context, cancellationToken)
                .ConfigureAwait(false);
        return deployment is null ? null : await FollowUpAsync(specification, deployment, context, cancellationToken).ConfigureAwait(false);
    }

    private static void CheckSpecification(MlDeploymentSpecification specification)
    {
        if (specification.AllTraffic && specification.NoWait)
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict, "-AllTraffic and -NoWait exclude each other: traffic can be moved only when the deployment succeeded.")
            {
                Target = specification.Name,
                RecommendedAction = "Leave one out; after -NoWait use Wait-MlDeployment and Set-MlTraffic.",
            };
        }

        if (specification.WithPackage && specification.IfExists is (MlIfExists.Skip or MlIfExists.Update))
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict,
                $"-WithPackage and -IfExists {specification.IfExists} exclude each other: a deployment of a package does not say what model it holds. Nothing was changed.")
            {
                Target = specification.Name,
                RecommendedAction = "Make a new deployment and move traffic to it; -IfExists ReplaceFailed makes a failed one again.",
            };
        }
    }

    private void CheckAllTraffic(MlDeploymentSpecification specification, JsonObject endpoint)
    {
        if (!specification.AllTraffic)
        {
            return;
        }

        MlTrafficMap live = EndpointMapping.ReadMap(endpoint, "traffic");
        string[] others = [.. live.Pairs().Where(pair => pair.Value > 0 && !pair.Key.Equals(specification.Name, StringComparison.OrdinalIgnoreCase)).Select(pair => $"{pair.Key}={pair.Value}")];
        if (others.Length > 0)
        {
            throw new MlValidationException(
                MlErrorIds.TrafficInUse,
                $"-AllTraffic is for the first deployment, and endpoint {specification.EndpointName} in workspace {connection.Workspace.Name} has live traffic already ({string.Join(' ', others)}). Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = specification.EndpointName,
                RecommendedAction = "Create the deployment without -AllTraffic (it gets 0 %), prove it, then move traffic step by step with Set-MlTraffic or Start-MlRollout.",
            };
        }
    }

    private async Task<MlDeployment?> MakeAsync(
        MlDeploymentSpecification specification, DeploymentParts parts, bool kubernetes, bool replaces, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string endpointName = specification.EndpointName;
        string name = specification.Name;
        DeploymentClient client = connection.DeploymentCalls;
        string action = (replaces ? "Delete the failed one and create it again" : "Create") + (specification.AllTraffic ? " and give it all traffic" : string.Empty) + parts.Preparations;
        if (!await context.ConfirmAsync(client.Describe(endpointName, name), action).ConfigureAwait(false))
        {
            return null;
        }

        DeploymentIds ids = await _preparation.PublishAsync(endpointName, name, parts, specification.Settings, specification.Timeout, context, cancellationToken).ConfigureAwait(false);
        MachineLearningOnlineDeploymentResource resource = client.Resource(endpointName, name);
        if (replaces)
        {
            await DeploymentRemoval.DeleteAsync(connection, endpointName, name, specification.Timeout, context, cancellationToken).ConfigureAwait(false);
        }

        JsonObject body = DeploymentBody.Create(specification.Settings, ids, connection.Workspace.Location, kubernetes);
        StartedOperation operation = await CreateOnce.RunAsync(
            connection,
            resource,
            body,
            found => Fits(found, body),
            found => AlreadyExists(DeploymentMapping.ToModel(found, endpointName, null, connection)),
            specification.Timeout,
            context,
            cancellationToken).ConfigureAwait(false);
        if (specification.NoWait)
        {
            return DeploymentMapping.ToModel(operation.Body ?? Named(name, resource), endpointName, null, connection);
        }

        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Creating deployment {endpointName}/{name}",
                Subject = $"Deployment {endpointName}/{name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Wait-MlDeployment",
                Timeout = specification.Timeout,
                LastLogLine = token => client.Logs.ReadLastLineAsync(endpointName, name, token),
            },
            cancellationToken).ConfigureAwait(false);
        MlDeployment deployment = await client.FinishAsync(
            endpointName, name, $"Creating deployment {endpointName}/{name} in workspace {connection.Workspace.Name}", outcome, null, cancellationToken).ConfigureAwait(false);
        // A new deployment gets 0 % (service fact), so no further call is needed to know its weights.
        deployment.TrafficWeight = 0;
        deployment.MirrorTrafficWeight = 0;
        return deployment;
    }

    private async Task<MlDeployment?> UseExistingAsync(
        MlDeploymentSpecification specification, DeploymentParts parts, bool kubernetes, MlDeployment there, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string endpointName = specification.EndpointName;
        string name = there.Name;
        string where = $"Deployment {endpointName}/{name} in workspace {connection.Workspace.Name}";
        switch (specification.IfExists)
        {
            case MlIfExists.Skip:
                if (!specification.NoWait && !OperationWaiter.IsFinal(there.ProvisioningState.ToString()))
                {
                    there = await connection.DeploymentCalls.WaitAsync(endpointName, name, specification.Timeout, context, cancellationToken).ConfigureAwait(false);
                }

                if (there.ProvisioningState != MlProvisioningState.Succeeded)
                {
                    throw Differs(there, $"{where} exists, but its state is {there.ProvisioningState} and not Succeeded, so it cannot be taken as it is", "Make it again with -IfExists ReplaceFailed.");
                }

                return string.Equals(there.Model ?? string.Empty, parts.ModelId ?? string.Empty, StringComparison.OrdinalIgnoreCase)
                    ? there
                    : throw Differs(
                        there, $"{where} exists, but serves {there.ModelName ?? there.Model}:{there.ModelVersion} and not {AskedModel(parts.ModelId)}, the model that was asked for", "Deploy the new model under another name and move traffic to it, or say -IfExists Update.");
            case MlIfExists.ReplaceFailed when there.ProvisioningState is MlProvisioningState.Failed or MlProvisioningState.Canceled:
                if (there.TrafficWeight > 0 || there.MirrorTrafficWeight > 0)
                {
                    throw new MlValidationException(
                        MlErrorIds.DeploymentHasTraffic,
                        $"{where} failed but has traffic (live {there.TrafficWeight} %, mirrored {there.MirrorTrafficWeight} %), so it is not deleted and made again. Nothing was changed.",
                        MlErrorCategory.InvalidOperation)
                    {
                        Target = there,
                        RecommendedAction = "Move its traffic to another deployment first (Set-MlTraffic), or say -IfExists Update -AllowLive.",
                    };
                }

                return await MakeAsync(specification, parts, kubernetes, replaces: true, context, cancellationToken).ConfigureAwait(false);
            default:
                throw AlreadyExists(there);
        }
    }

    private async Task<MlDeploymentResult> FollowUpAsync(
        MlDeploymentSpecification specification, MlDeployment deployment, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (!specification.AllTraffic || deployment.TrafficWeight == 100)
        {
            return new MlDeploymentResult(deployment, null);
        }

        try
        {
            MlTraffic? traffic = await connection.TrafficCalls.SetAsync(
                new MlTrafficChange
                {
                    EndpointName = specification.EndpointName,
                    Traffic = new MlTrafficMap([KeyValuePair.Create(deployment.Name, 100)]),
                    // Nobody else may have got traffic while this one was being made.
                    Expected = [],
                    Timeout = specification.Timeout,
                },
                ask: false,
                context,
                cancellationToken).ConfigureAwait(false);
            deployment.TrafficWeight = traffic?.Traffic.WeightOf(deployment.Name);
            return new MlDeploymentResult(deployment, null);
        }
        catch (MlException exception)
        {
            return new MlDeploymentResult(deployment, exception);
        }
    }

    private MlAlreadyExistsException AlreadyExists(MlDeployment there) => new(
        MlErrorIds.DeploymentAlreadyExists,
        $"Deployment {there.EndpointName}/{there.Name} in workspace {connection.Workspace.Name} exists already (state {there.ProvisioningState}). Nothing was changed.")
    {
        Target = there,
        RecommendedAction = there.ProvisioningState is MlProvisioningState.Failed or MlProvisioningState.Canceled
            ? "Make it again with -IfExists ReplaceFailed."
            : "Take another name, use it (Get-MlDeployment), or say -IfExists Skip or -IfExists Update.",
    };

    private static string AskedModel(string? modelId) =>
        ModelReference.FindNameAndVersion(modelId) is { } named ? $"{named.Name}:{named.Version}" : modelId ?? "no model";

    // What is found after a lost answer is what was to be made: the same model, code, environment and size.
    private static bool Fits(JsonObject found, JsonObject asked)
    {
        JsonObject? left = found.Object("properties");
        JsonObject? right = asked.Object("properties");
        int? count = asked.Object("sku").Number("capacity");
        return Same(left.Text("model"), right.Text("model"))
            && SameAsset(left.Text("environmentId"), right.Text("environmentId"))
            && SameAsset(left.Object("codeConfiguration").Text("codeId"), right.Object("codeConfiguration").Text("codeId"))
            && (count is null || found.Object("sku").Number("capacity") == count);

        // The service writes other references than ids in its own form.
        static bool SameAsset(string? there, string? sent) => string.IsNullOrEmpty(there) == string.IsNullOrEmpty(sent) && (sent?.StartsWith('/') != true || Same(there, sent));

        static bool Same(string? there, string? sent) => string.Equals(there ?? string.Empty, sent ?? string.Empty, StringComparison.OrdinalIgnoreCase);
    }

    private static MlConflictException Differs(MlDeployment there, string message, string wayOut) =>
        new(MlErrorIds.DeploymentDiffers, $"{message}. Nothing was changed.") { Target = there, RecommendedAction = wayOut };

    private static JsonObject Named(string name, MachineLearningOnlineDeploymentResource resource) => new()
    {
        ["name"] = name,
        ["id"] = resource.Id.ToString(),
        ["properties"] = new JsonObject { ["provisioningState"] = "Creating" },
    };
}
