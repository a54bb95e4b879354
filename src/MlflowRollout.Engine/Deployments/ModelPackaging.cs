using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>
/// Packages a model into an environment that serves it, code and base environment included, as the official clients do before they deploy with a package. A
/// preview of the service.
/// </summary>
internal sealed class ModelPackaging(WorkspaceConnection connection)
{
    // The official clients' name for the environment; each package is its next version.
    private const string EnvironmentName = "packaged-env";

    /// <summary>Refuses what cannot be packaged.</summary>
    public void Check(string deploymentName, string? modelId)
    {
        if (modelId is null || !modelId.StartsWith(connection.Workspace.Id + "/models/", StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(
                MlErrorIds.ParameterConflict,
                $"Deployment {deploymentName} cannot be made so: -WithPackage packages a registered model of workspace {connection.Workspace.Name}, and {(modelId is null ? "none is given" : $"'{modelId}' is none")}. Nothing was changed.")
            {
                Target = deploymentName,
                RecommendedAction = "Register the model in this workspace first (Register-MlModel, Copy-MlModel), or leave -WithPackage out.",
            };
        }
    }

    /// <summary>Packages and waits; returns the environment's id as the service writes it.</summary>
    /// <exception cref="MlOperationException">It failed.</exception>
    public async Task<string> PackageAsync(
        DeploymentIds ids, string? scoringScript, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        (string name, string version) = ModelReference.FindNameAndVersion(ids.Model)!.Value;
        string subject = $"Package of model {name}:{version} in workspace {connection.Workspace.Name}";
        MachineLearningModelVersionResource resource = connection.ModelCalls.Container(name).GetMachineLearningModelVersion(version);
        StartedOperation operation = await resource.PackageAsync(Body(ids, scoringScript), cancellationToken).ConfigureAwait(false);
        JsonObject? answer = operation.Body;
        if (operation.StatusAddress is not null)
        {
            OperationWait wait = new()
            {
                Operation = operation,
                Activity = $"Packaging model {name}:{version}",
                Subject = subject,
                Context = context,
                ResumeWith = "New-MlDeployment -WithPackage",
                Timeout = timeout,
                AnswerIsResult = true,
            };
            answer = await WaitAsync(wait, $"Packaging model {name}:{version} in workspace {connection.Workspace.Name}", ids.Model!, cancellationToken).ConfigureAwait(false);
        }

        string? environment = answer.Text("targetEnvironmentId");
        if (environment is null or "" || string.Equals(answer.Text("buildState"), "Failed", StringComparison.OrdinalIgnoreCase))
        {
            throw new MlOperationException(MlErrorIds.PackagingFailed, MlErrorCategory.InvalidResult, $"{subject} made no environment (build state {answer.Text("buildState") ?? "unknown"}).")
            {
                Target = ids.Model,
                RawBody = answer?.ToJsonString(),
                RecommendedAction = answer.Text("logUrl") is { Length: > 0 } ? "Read the log of the build in the workspace's studio." : "Deploy without -WithPackage, or package the model anew.",
            };
        }

        context.Verbose($"Packaged model {name}:{version} as {environment}.");
        return environment;
    }

    private async Task<JsonObject?> WaitAsync(OperationWait wait, string what, string model, CancellationToken cancellationToken)
    {
        OperationOutcome outcome;
        try
        {
            outcome = await connection.Waiter.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        }
        catch (MlException exception) when (exception.StatusCode is 400 or 404 or 409)
        {
            // The result's address answers with the error of an operation that failed.
            throw new MlOperationException(MlErrorIds.PackagingFailed, MlErrorCategory.InvalidResult, $"{what} failed. {exception.Message}", exception)
            {
                Target = model,
                ServiceErrorCode = exception.ServiceErrorCode,
                CorrelationId = exception.CorrelationId,
                RawBody = exception.RawBody,
                RecommendedAction = exception.RecommendedAction ?? "Deploy without -WithPackage, or correct what the service names.",
            };
        }

        return outcome.IsSuccess
            ? outcome.Resource
            : throw ServiceErrors.FromOperation(MlErrorIds.PackagingFailed, what, outcome.State, outcome.Error, outcome.CorrelationId, model, []);
    }

    private static JsonObject Body(DeploymentIds ids, string? scoringScript)
    {
        JsonObject server = new() { ["serverType"] = "AzureMLOnline" };
        if (ids.Code is { } code)
        {
            server["codeConfiguration"] = new JsonObject { ["codeId"] = AssetUri(code), ["scoringScript"] = scoringScript };
        }

        JsonObject body = new() { ["targetEnvironmentName"] = EnvironmentName, ["inferencingServer"] = server };
        if (ids.Environment is { } environment)
        {
            body["baseEnvironmentSource"] = new JsonObject { ["baseEnvironmentSourceType"] = "EnvironmentAsset", ["resourceId"] = AssetUri(environment) };
        }

        return body;
    }

    private static string AssetUri(string id) => id.StartsWith('/') ? "azureml:/" + id : id;
}
