using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Models;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>The model of a deployment to be, checked before anything is changed.</summary>
internal sealed class DeploymentModels(WorkspaceConnection connection)
{
    private static readonly string[] OwnCode = ["environmentId", "codeConfiguration"];

    private readonly RegistryAssets _registries = new(connection);

    /// <summary>The model's id as the service takes it; null when the settings name no model.</summary>
    /// <exception cref="MlNotFoundException">It is not registered.</exception>
    /// <exception cref="MlValidationException">It cannot be served without code, or belongs to another workspace.</exception>
    public async Task<string?> ResolveAsync(MlDeploymentSettings settings, bool hasOwnCode, CancellationToken cancellationToken)
    {
        string? reference = settings.ModelReference;
        if (settings.Model is { } given)
        {
            CheckWorkspace(given);
            reference = given.Id.Length > 0 ? given.Id : given.Reference;
        }

        if (reference is null)
        {
            return null;
        }

        if (settings.Model is null)
        {
            ModelReference parsed = ModelReference.Parse(reference);
            switch (parsed.Kind)
            {
                case ModelReferenceKind.PassThrough:
                    // The short form of a datastore uri is the client's; the service takes the long one.
                    return parsed.Text.StartsWith("azureml://datastores/", StringComparison.OrdinalIgnoreCase) && Datastore.FindPath(parsed.Text) is { } place
                        ? Datastore.LongUri(connection.Workspace, place.Datastore, place.Path)
                        : parsed.Text;
                case ModelReferenceKind.RegistryLatest:
                    return await _registries.ResolveLatestModelAsync(parsed.Registry!, parsed.Name, cancellationToken).ConfigureAwait(false);
            }
        }

        MlModel model = await connection.ModelCalls.ResolveAsync(reference, cancellationToken).ConfigureAwait(false);
        bool ownCode = hasOwnCode || (settings.AdditionalProperties?.Keys.Any(key => OwnCode.Contains(key, StringComparer.OrdinalIgnoreCase)) ?? false);
        if (!ownCode)
        {
            await CheckServableAsync(model, cancellationToken).ConfigureAwait(false);
        }

        return model.Id;
    }

    /// <summary>Checks a model that is registered on the way, as far as its files are here.</summary>
    /// <exception cref="MlValidationException">It is no usable model, or cannot be served without code.</exception>
    public async Task CheckAsync(MlModelRegistration registration, bool hasOwnCode, CancellationToken cancellationToken)
    {
        if (ModelRegistration.IsRemote(registration.Source))
        {
            return;
        }

        LocalContent content = LocalContent.Open(registration.Source, registration.ModelType);
        if (!hasOwnCode)
        {
            MlModel model = new() { Name = registration.IsAnonymous ? content.Name : registration.Name, ModelType = content.ModelType, Flavors = [.. content.Mlmodel?.Flavors.Keys ?? []] };
            await CheckServableAsync(model, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Registers a model on the way to its deployment.</summary>
    /// <returns>Its id; null when the caller did not give leave.</returns>
    public async Task<string?> RegisterAsync(MlModelRegistration registration, IMlOperationContext context, CancellationToken cancellationToken) =>
        (await connection.ModelCalls.RegisterAsync(registration, context, cancellationToken).ConfigureAwait(false))?.Id;

    private void CheckWorkspace(MlModel model)
    {
        bool foreign = model.ConnectionId.Length > 0
            && !string.Equals(model.ConnectionId, connection.Workspace.ConnectionId, StringComparison.Ordinal)
            && !model.Id.StartsWith(connection.Workspace.Id + "/", StringComparison.OrdinalIgnoreCase);
        if (foreign)
        {
            throw new MlValidationException(
                MlErrorIds.WorkspaceMismatch,
                $"Model {model.Reference} belongs to workspace {model.WorkspaceName} and cannot be deployed in workspace {connection.Workspace.Name}. Nothing was changed.")
            {
                Target = model,
                RecommendedAction = $"Copy it with Copy-MlModel, or register it in workspace {connection.Workspace.Name}.",
            };
        }
    }

    private async Task CheckServableAsync(MlModel model, CancellationToken cancellationToken)
    {
        bool emulator = connection.Workspace.Kind == MlWorkspaceKind.Emulator;
        if (string.Equals(model.ModelType, "triton_model", StringComparison.OrdinalIgnoreCase) && !emulator)
        {
            return;
        }

        string[] flavors = model.Flavors;
        bool isMlflow = string.Equals(model.ModelType, "mlflow_model", StringComparison.OrdinalIgnoreCase);
        if (isMlflow && flavors.Length == 0)
        {
            // Registered from a uri: the service does not copy the flavors of its files.
            flavors = await connection.ModelCalls.ReadFlavorsAsync(model, cancellationToken).ConfigureAwait(false) ?? ["python_function"];
        }

        bool servable = isMlflow
            && (flavors.Contains("python_function", StringComparer.Ordinal) || (emulator && flavors.Contains("onnx", StringComparer.Ordinal)));
        if (servable)
        {
            return;
        }

        string found = isMlflow
            ? $"its flavors are {(flavors.Length == 0 ? "none" : string.Join(", ", flavors))}"
            : $"its type is {model.ModelType}";
        throw new MlValidationException(
            MlErrorIds.ModelNotServable,
            $"Model {model.Reference} in workspace {connection.Workspace.Name} cannot be served without code: {found}. A deployment without environment and scoring script needs an mlflow_model with the python_function flavor. Nothing was changed.",
            MlErrorCategory.InvalidOperation)
        {
            Target = model,
            RecommendedAction = "Save the model with MLflow (mlflow.<library>.save_model adds python_function) and register that folder, or give the deployment an environment and a scoring script.",
        };
    }
}
