using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>Models of one workspace.</summary>
internal sealed class ModelClient(WorkspaceConnection connection) : IMlModelClient
{
    private const int ParallelReads = 8;

    private readonly ModelRegistration _registration = new(connection);
    private readonly ModelDownload _download = new(connection);
    private readonly ModelCopy _copy = new(connection);
    private readonly ModelPublication _publication = new(connection);

    /// <summary>Files of models in storage.</summary>
    public ModelFiles Files { get; } = new(connection);

    /// <inheritdoc/>
    public Task<MlModel?> RegisterAsync(MlModelRegistration registration, IMlOperationContext context, CancellationToken cancellationToken) =>
        _registration.RegisterAsync(registration, context, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlModel> ListAsync(MlModelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Name is { } literal)
        {
            ResourceNames.CheckModel(literal);
            bool any = false;
            await foreach (MlModel model in ListVersionsAsync(literal, query, isLiteral: true, cancellationToken).ConfigureAwait(false))
            {
                any = true;
                yield return model;
            }

            if (!any && query.VersionFilter is null)
            {
                throw await NotFoundAsync(literal, cancellationToken).ConfigureAwait(false);
            }

            yield break;
        }

        await foreach (JsonObject container in connection.WorkspaceResource.ListModelContainersAsync(query.IncludeArchived, cancellationToken).ConfigureAwait(false))
        {
            string name = container.Text("name") ?? string.Empty;
            if (query.NameFilter is null || query.NameFilter(name))
            {
                await foreach (MlModel model in ListVersionsAsync(name, query, isLiteral: false, cancellationToken).ConfigureAwait(false))
                {
                    yield return model;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<MlModel> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        ModelReference parsed = ModelReference.Parse(reference);
        switch (parsed.Kind)
        {
            case ModelReferenceKind.PassThrough or ModelReferenceKind.RegistryLatest:
                throw new MlValidationException(
                    MlErrorIds.ModelReferenceInvalid, $"'{reference}' names no registered model of workspace {connection.Workspace.Name}; only a deployment takes such a uri.")
                {
                    Target = reference,
                };
            case ModelReferenceKind.ResourceId when !parsed.Text.StartsWith(connection.Workspace.Id + "/", StringComparison.OrdinalIgnoreCase):
                throw new MlValidationException(
                    MlErrorIds.WorkspaceMismatch, $"Model '{reference}' belongs to another workspace than {connection.Workspace.Name}. Nothing was changed.")
                {
                    Target = reference,
                    RecommendedAction = $"Copy it with Copy-MlModel, or register it in workspace {connection.Workspace.Name}.",
                };
            case ModelReferenceKind.Latest:
                return await FindLatestAsync(parsed.Name, includeArchived: false, cancellationToken).ConfigureAwait(false)
                    ?? throw await NotFoundAsync(parsed.Name, cancellationToken).ConfigureAwait(false);
            default:
                return await ReadAsync(parsed.Name, parsed.Version!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<MlModel?> UpdateAsync(
        string name, string version, MlModelChanges changes, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MachineLearningModelVersionResource resource = Resource(name, version);
        JsonObject read = await ReadBodyAsync(name, version, cancellationToken).ConfigureAwait(false);
        string action = changes switch
        {
            { IsArchived: true } => "Archive",
            { IsArchived: false } => "Restore",
            _ => "Update",
        };
        if (!await context.ConfirmAsync(Describe(name, version), action).ConfigureAwait(false))
        {
            return null;
        }

        JsonObject body = new() { ["properties"] = ResourceMapping.ForWriting(read).Object("properties")!.DeepClone() };
        JsonObject properties = body.Object("properties")!;
        if (changes.Description is { } description)
        {
            properties["description"] = description;
        }

        if (changes.Stage is { } stage)
        {
            properties["stage"] = stage;
        }

        if (changes.Tags is { } tags)
        {
            properties.MergeTexts("tags", tags, StringComparison.OrdinalIgnoreCase);
        }

        if (changes.IsArchived is { } archived)
        {
            properties["isArchived"] = archived;
        }

        await resource.CreateOrUpdateAsync(body, cancellationToken).ConfigureAwait(false);
        MlModel updated = await ReadAsync(name, version, cancellationToken).ConfigureAwait(false);
        bool asAsked = (changes.IsArchived is null || updated.IsArchived == changes.IsArchived)
            && (changes.Tags is null || changes.Tags.All(tag => tag.Value is null ? !updated.Tags.ContainsKey(tag.Key) : updated.Tags.TryGetValue(tag.Key, out string? value) && value == tag.Value))
            && (changes.Description is null || updated.Description == changes.Description);
        return asAsked
            ? updated
            : throw new MlConflictException(
                MlErrorIds.ResourceConflict, $"The {Describe(name, version)} was updated, but what was read back is not what was asked for: another writer changed it at the same time.")
            {
                Target = updated,
                RecommendedAction = "Look at it with Get-MlModel and update it again where needed.",
            };
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string name, string version, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlModel model = await ReadAsync(name, version, cancellationToken).ConfigureAwait(false);
        List<string> users = await FindUsersAsync(model, cancellationToken).ConfigureAwait(false);
        if (users.Count > 0)
        {
            throw new MlValidationException(
                MlErrorIds.ModelInUse,
                $"The {Describe(name, version)} is used by {(users.Count == 1 ? "deployment" : "deployments")} {string.Join(", ", users)}, so it is not deleted. Nothing was changed.",
                MlErrorCategory.InvalidOperation)
            {
                Target = model,
                RecommendedAction = "Delete those deployments first (Remove-MlDeployment), or hide the model with Disable-MlModel.",
            };
        }

        if (!await context.ConfirmAsync(Describe(name, version), "Delete").ConfigureAwait(false))
        {
            return false;
        }

        MachineLearningModelVersionResource resource = Resource(name, version);
        await resource.DeleteAsync(cancellationToken).ConfigureAwait(false);
        if (await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new MlServiceException(
                MlErrorIds.UnexpectedResponse, MlErrorCategory.InvalidResult, $"The service reported the {Describe(name, version)} as deleted, but it is still there.")
            {
                Target = model,
            };
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<MlModelSignature?> GetSignatureAsync(MlModel model, CancellationToken cancellationToken)
    {
        if (model.Signature is not null)
        {
            return model.Signature;
        }

        return (await ReadMlmodelAsync(model, cancellationToken).ConfigureAwait(false))?.Signature;
    }

    /// <inheritdoc/>
    public Task<string?> SaveAsync(string name, string version, MlModelDownload download, IMlOperationContext context, CancellationToken cancellationToken) =>
        _download.SaveAsync(name, version, download, context, cancellationToken);

    /// <inheritdoc/>
    public Task<MlModel?> CopyAsync(string name, string version, MlModelCopy copy, IMlOperationContext context, CancellationToken cancellationToken) =>
        _copy.CopyAsync(name, version, copy, context, cancellationToken);

    /// <inheritdoc/>
    public Task<MlRegistryModel?> PublishAsync(
        string name, string version, MlModelPublication publication, IMlOperationContext context, CancellationToken cancellationToken) =>
        _publication.PublishAsync(name, version, publication, context, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListRegistriesAsync(CancellationToken cancellationToken) => _publication.ListRegistriesAsync(cancellationToken);

    /// <summary>Flavors from the model's files; null when they cannot be read.</summary>
    public async Task<string[]?> ReadFlavorsAsync(MlModel model, CancellationToken cancellationToken) =>
        await ReadMlmodelAsync(model, cancellationToken).ConfigureAwait(false) is { } content ? [.. content.Flavors.Keys] : null;

    /// <summary>A version.</summary>
    public async Task<MlModel> ReadAsync(string name, string version, CancellationToken cancellationToken)
    {
        return ModelMapping.ToModel(await ReadBodyAsync(name, version, cancellationToken).ConfigureAwait(false), name, connection);
    }

    /// <summary>A version as the service has it.</summary>
    public async Task<JsonObject> ReadBodyAsync(string name, string version, CancellationToken cancellationToken) =>
        await Resource(name, version).GetIfExistsAsync(cancellationToken).ConfigureAwait(false)
        ?? throw await VersionNotFoundAsync(name, version, cancellationToken).ConfigureAwait(false);

    /// <summary>The newest version; null when there is none.</summary>
    public async Task<MlModel?> FindLatestAsync(string name, bool includeArchived, CancellationToken cancellationToken)
    {
        await foreach (JsonObject body in Container(name).ListVersionsAsync(includeArchived, 1, cancellationToken).ConfigureAwait(false))
        {
            return ModelMapping.ToModel(body, name, connection);
        }

        return null;
    }

    /// <summary>The model of a deployment; null when its reference names none of this workspace.</summary>
    public async Task<MlModel?> FindForDeploymentAsync(MlDeployment deployment, CancellationToken cancellationToken)
    {
        if (deployment.Model is not { } id
            || !id.StartsWith(connection.Workspace.Id + "/", StringComparison.OrdinalIgnoreCase)
            || ModelReference.FindNameAndVersion(id) is not { } named)
        {
            return null;
        }

        JsonObject? body = await Resource(named.Name, named.Version).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body is null ? null : ModelMapping.ToModel(body, named.Name, connection);
    }

    /// <summary>The error for an absent model, with the near match named.</summary>
    public async Task<MlException> NotFoundAsync(string name, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (JsonObject container in connection.WorkspaceResource.ListModelContainersAsync(includeArchived: false, cancellationToken).ConfigureAwait(false))
        {
            names.Add(container.Text("name") ?? string.Empty);
        }

        bool archived = names.Contains(name, StringComparer.Ordinal) || await FindLatestAsync(name, includeArchived: true, cancellationToken).ConfigureAwait(false) is not null;
        return new MlNotFoundException(
            MlErrorIds.ModelNotFound,
            archived
                ? $"Model '{name}' in workspace {connection.Workspace.Name} has no active version; all are archived or deleted."
                : $"There is no model '{name}' in workspace {connection.Workspace.Name}.{NearMatch.Sentence(name, names)}")
        {
            Target = name,
            RecommendedAction = archived
                ? "Restore one with Enable-MlModel, or register a new version."
                : NearMatch.Find(name, names) is { } near ? $"Use '{near}', or register the model with Register-MlModel." : "Register the model with Register-MlModel.",
        };
    }

    /// <summary>How a version is called in questions.</summary>
    public string Describe(string name, string version) => $"model {name}:{version} in workspace {connection.Workspace.Name}";

    /// <summary>The model as a resource.</summary>
    public MachineLearningModelContainerResource Container(string name) => connection.WorkspaceResource.GetMachineLearningModelContainer(name);

    private MachineLearningModelVersionResource Resource(string name, string version)
    {
        ResourceNames.CheckModel(name);
        ResourceNames.CheckVersion(version);
        return Container(name).GetMachineLearningModelVersion(version);
    }

    private async Task<MlmodelContent?> ReadMlmodelAsync(MlModel model, CancellationToken cancellationToken)
    {
        byte[]? file = await Files.ReadAsync(model, MlmodelFile.FileName, cancellationToken).ConfigureAwait(false);
        return file is null ? null : MlmodelFile.Parse(Encoding.UTF8.GetString(file), $"{model.Reference}/{MlmodelFile.FileName}");
    }

    private async IAsyncEnumerable<MlModel> ListVersionsAsync(
        string name, MlModelQuery query, bool isLiteral, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool latest = query.VersionFilter is null && (query.Version is null || query.Version.Equals("latest", StringComparison.OrdinalIgnoreCase));
        if (query.VersionFilter is null && !latest && query.Version != "*")
        {
            JsonObject? body = await Resource(name, query.Version!).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
            if (body is null && isLiteral)
            {
                throw await VersionNotFoundAsync(name, query.Version!, cancellationToken).ConfigureAwait(false);
            }

            if (body is not null)
            {
                yield return ModelMapping.ToModel(body, name, connection);
            }

            yield break;
        }

        await foreach (JsonObject body in Container(name).ListVersionsAsync(query.IncludeArchived, latest ? 1 : null, cancellationToken).ConfigureAwait(false))
        {
            MlModel model = ModelMapping.ToModel(body, name, connection);
            if (query.VersionFilter is null || query.VersionFilter(model.Version?.Value ?? string.Empty))
            {
                yield return model;
                if (latest)
                {
                    yield break;
                }
            }
        }
    }

    private async Task<MlException> VersionNotFoundAsync(string name, string version, CancellationToken cancellationToken)
    {
        List<string> versions = [];
        await foreach (JsonObject body in Container(name).ListVersionsAsync(includeArchived: true, null, cancellationToken).ConfigureAwait(false))
        {
            versions.Add(ModelMapping.ToModel(body, name, connection).Version?.Value ?? string.Empty);
        }

        if (versions.Count == 0)
        {
            return await NotFoundAsync(name, cancellationToken).ConfigureAwait(false);
        }

        versions.Sort((left, right) => new MlVersion(right).CompareTo(new MlVersion(left)));
        string list = string.Join(", ", versions.Take(10)) + (versions.Count > 10 ? ", …" : string.Empty);
        return new MlNotFoundException(
            MlErrorIds.ModelNotFound, $"Model '{name}' in workspace {connection.Workspace.Name} has no version '{version}'. There {(versions.Count == 1 ? "is" : "are")}: {list}.")
        {
            Target = $"{name}:{version}",
            RecommendedAction = $"Use one of them, or {name}@latest.",
        };
    }

    private async Task<List<string>> FindUsersAsync(MlModel model, CancellationToken cancellationToken)
    {
        List<string> endpoints = [];
        await foreach (JsonObject body in connection.WorkspaceResource.ListOnlineEndpointsAsync(cancellationToken).ConfigureAwait(false))
        {
            endpoints.Add(body.Text("name") ?? string.Empty);
        }

        List<string> users = [];
        await Parallel.ForEachAsync(
            endpoints,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken },
            async (endpoint, token) =>
            {
                await foreach (JsonObject body in connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(endpoint).ListDeploymentsAsync(token).ConfigureAwait(false))
                {
                    if (string.Equals(body.Object("properties").Text("model"), model.Id, StringComparison.OrdinalIgnoreCase))
                    {
                        lock (users)
                        {
                            users.Add($"{endpoint}/{body.Text("name")}");
                        }
                    }
                }
            }).ConfigureAwait(false);
        users.Sort(StringComparer.OrdinalIgnoreCase);
        return users;
    }
}
