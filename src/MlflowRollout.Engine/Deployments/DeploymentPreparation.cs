using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Code;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Environments;
using MlflowRollout.Engine.Models;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Model, code and environment of a deployment: first all is checked, then uploaded and registered.</summary>
internal sealed class DeploymentPreparation(WorkspaceConnection connection)
{
    private readonly DeploymentModels _models = new(connection);
    private readonly CodeClient _code = new(connection);
    private readonly EnvironmentClient _environments = new(connection);
    private readonly ModelPackaging _packaging = new(connection);

    /// <summary>Checks and finds all that the settings name; changes nothing.</summary>
    /// <param name="name">Deployment.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="there">The deployment as it is; null for a new one.</param>
    /// <param name="withPackage">True: the model is packaged first.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlException">Something is not there, cannot be used, or does not go with the rest.</exception>
    public async Task<DeploymentParts> PrepareAsync(string name, MlDeploymentSettings settings, MlDeployment? there, bool withPackage, CancellationToken cancellationToken)
    {
        CheckTogether(name, settings, there);
        // The cheap local checks first.
        PreparedCode? code = settings.Code?.Source is { } source
            ? await _code.PrepareAsync(source, settings.Code.ScoringScript ?? there?.ScoringScript, cancellationToken).ConfigureAwait(false)
            : null;
        PreparedEnvironment? environment = settings.Environment is { } asked
            ? await _environments.PrepareAsync(asked, cancellationToken).ConfigureAwait(false)
            : null;
        bool ownCode = environment is not null || code is not null || there?.EnvironmentId is not null || there?.CodeId is not null;
        string? model = await _models.ResolveAsync(settings, ownCode, cancellationToken).ConfigureAwait(false);
        if (model is null && settings.ModelToRegister is { } registration)
        {
            await _models.CheckAsync(registration, ownCode, cancellationToken).ConfigureAwait(false);
            return new DeploymentParts(null, code, environment) { ModelToRegister = registration, WithPackage = withPackage };
        }

        if (withPackage)
        {
            _packaging.Check(name, model);
        }

        return new DeploymentParts(model, code, environment) { WithPackage = withPackage };
    }

    /// <summary>Registers the model that comes with the deployment, if there is one; after all checks, since it is a change.</summary>
    /// <returns>The parts with the model's id; under <c>-WhatIf</c> without one. Null when the caller did not give leave.</returns>
    public async Task<DeploymentParts?> RegisterModelAsync(DeploymentParts parts, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (parts.ModelToRegister is not { } registration)
        {
            return parts;
        }

        string? id = await _models.RegisterAsync(registration, context, cancellationToken).ConfigureAwait(false);
        return id is null && !context.IsWhatIf ? null : parts with { ModelId = id };
    }

    /// <summary>Uploads and registers what is not there yet.</summary>
    public async Task<DeploymentIds> PublishAsync(
        string endpointName, string name, DeploymentParts parts, MlDeploymentSettings settings, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string? code = parts.Code is null ? null : await _code.PublishAsync(parts.Code, context, cancellationToken).ConfigureAwait(false);
        string? environment = parts.Environment is null ? null : await _environments.PublishAsync(parts.Environment, context, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> data = [];
        foreach ((string collection, MlDataCollection asked) in settings.DataCollector?.Collections ?? new Dictionary<string, MlDataCollection>())
        {
            if (asked.DataId is null && (asked.DataName ?? asked.DataPath ?? asked.DataVersion) is not null)
            {
                data[collection] = await RegisterDataAsync(endpointName, name, collection, asked, cancellationToken).ConfigureAwait(false);
            }
        }

        DeploymentIds ids = new(parts.ModelId, code, environment) { Data = data };
        if (!parts.WithPackage)
        {
            return ids;
        }

        // The package holds model and code.
        string package = await _packaging.PackageAsync(ids, settings.Code?.ScoringScript, timeout, context, cancellationToken).ConfigureAwait(false);
        return new DeploymentIds(null, null, package) { Data = data, IsPackage = true };
    }

    private static void CheckTogether(string name, MlDeploymentSettings settings, MlDeployment? there)
    {
        bool hasEnvironment = settings.Environment is not null || there?.EnvironmentId is not null || Adds(settings, "environmentId");
        if (settings.Code is { } code)
        {
            if (!hasEnvironment)
            {
                throw Conflict(
                    name, "code of one's own needs an environment that runs it", "Give -Environment too, or leave -Code and -ScoringScript out: an MLflow model brings its own code and environment.");
            }

            if ((code.ScoringScript ?? there?.ScoringScript) is null or "")
            {
                throw Conflict(name, "there is code, and no scoring script is named", "Give -ScoringScript, the path of the script within the code.");
            }

            if ((code.Source ?? there?.CodeId) is null or "")
            {
                throw Conflict(name, $"there is a scoring script ('{code.ScoringScript}'), and no code that it is in", "Give -Code, the folder in which the script lies.");
            }
        }

        if (settings.DataCollector is { Collections.Count: 0 } && there?.DataCollector is null && !Adds(settings, "dataCollector"))
        {
            throw Conflict(name, "the data collector has no collection, so there is nothing to record headers with", "Name collections with -DataCollector, such as model_inputs and model_outputs.");
        }

        if (settings.ModelMountPath is { } path)
        {
            if (!path.StartsWith('/'))
            {
                throw Conflict(name, $"the mount path '{path}' is no absolute path in the container", "Give a path such as /var/azureml-app/model.");
            }

            if (!hasEnvironment)
            {
                throw Conflict(name, "a model is mounted elsewhere only in an environment of one's own", "Give -Environment too, or leave -ModelMountPath out.");
            }
        }
    }

    private static bool Adds(MlDeploymentSettings settings, string property) =>
        settings.AdditionalProperties?.Keys.Any(key => key.Equals(property, StringComparison.OrdinalIgnoreCase)) ?? false;

    // As the official clients do: a data asset that is there is taken.
    private async Task<string> RegisterDataAsync(string endpointName, string name, string collection, MlDataCollection asked, CancellationToken cancellationToken)
    {
        MachineLearningDataVersionResource resource = connection.WorkspaceResource
            .GetMachineLearningDataContainer(asked.DataName ?? $"{endpointName}-{name}-{collection}")
            .GetMachineLearningDataVersion(asked.DataVersion ?? "1");
        if (await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            string path = asked.DataPath ?? $"azureml://datastores/workspaceblobstore/paths/modelDataCollector/{endpointName}/{name}/{collection}";
            string uri = path.StartsWith("azureml://datastores/", StringComparison.OrdinalIgnoreCase) && Datastore.FindPath(path) is { } place
                ? Datastore.LongUri(connection.Workspace, place.Datastore, place.Path)
                : path;
            await resource.CreateOrUpdateAsync(
                new JsonObject
                {
                    ["properties"] = new JsonObject
                    {
                        ["dataType"] = "uri_folder",
                        ["dataUri"] = uri,
                        ["isAnonymous"] = false,
                        ["isArchived"] = false,
                        ["properties"] = new JsonObject(),
                        ["tags"] = new JsonObject(),
                    },
                },
                cancellationToken).ConfigureAwait(false);
        }

        return resource.Id.ToString();
    }

    private static MlValidationException Conflict(string name, string rule, string wayOut) =>
        new(MlErrorIds.ParameterConflict, $"Deployment {name} cannot be made so: {rule}. Nothing was changed.") { Target = name, RecommendedAction = wayOut };
}
