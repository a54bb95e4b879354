using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Code;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Models;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Environments;

/// <summary>Environments of one workspace: found, or registered.</summary>
internal sealed class EnvironmentClient(WorkspaceConnection connection)
{
    private readonly ModelUpload _upload = new(connection);
    private readonly RegistryAssets _registries = new(connection);

    /// <summary>Checks an environment and finds what it refers to; changes nothing.</summary>
    /// <exception cref="MlNotFoundException">It is not registered.</exception>
    /// <exception cref="MlValidationException">It cannot be used.</exception>
    public async Task<PreparedEnvironment> PrepareAsync(MlEnvironmentSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Reference is { } reference)
        {
            return new PreparedEnvironment { Id = await FindAsync(EnvironmentReference.Parse(reference), cancellationToken).ConfigureAwait(false) };
        }

        Check(settings);
        string? conda = settings.CondaFile is { } text ? CondaFile.Normalize(text) : null;
        SourceContent? context = settings.BuildContext is { } folder ? OpenContext(folder, settings.DockerfilePath) : null;
        string? hash = context is null ? null : await context.ComputeStorageHashAsync(cancellationToken).ConfigureAwait(false);
        bool anonymous = settings.Name is null;
        return new PreparedEnvironment
        {
            Settings = settings,
            IsAnonymous = anonymous,
            Name = settings.Name ?? EnvironmentContent.AnonymousName,
            Version = anonymous ? EnvironmentContent.AnonymousVersion(settings, conda, hash) : settings.Version,
            CondaText = conda,
            Context = context,
            ContextHash = hash,
        };
    }

    /// <summary>The id of an environment, registered where it is not there yet.</summary>
    public async Task<string> PublishAsync(PreparedEnvironment environment, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (environment.Id is { } id)
        {
            return id;
        }

        MachineLearningEnvironmentContainerResource container = connection.WorkspaceResource.GetMachineLearningEnvironmentContainer(environment.Name);
        string version = environment.Version
            ?? ((await container.GetIfExistsAsync(cancellationToken).ConfigureAwait(false))?.Object("properties").Text("nextVersion") is { Length: > 0 } next ? next : "1");
        string? contextUri = null;
        if (environment.Context is { } source)
        {
            UploadedContent uploaded = await _upload.UploadAsync(
                new ModelUpload.Content(source.Name, source.IsFolder, source.Files, environment.ContextHash!) { Activity = $"Uploading build context {source.Name}" },
                environment.Name,
                version,
                context,
                cancellationToken).ConfigureAwait(false);
            contextUri = uploaded.Address + "/";
        }

        MachineLearningEnvironmentVersionResource resource = container.GetMachineLearningEnvironmentVersion(version);
        JsonObject body = EnvironmentContent.Body(environment.Settings!, environment.IsAnonymous, environment.CondaText, contextUri);
        StartedOperation operation = await resource.CreateOrUpdateAsync(body, cancellationToken).ConfigureAwait(false);
        context.Verbose($"Registered environment {environment.Name}:{version} in workspace {connection.Workspace.Name}.");
        return operation.Body.Text("id") is { Length: > 0 } registered ? registered : resource.Id.ToString();
    }

    private async Task<string> FindAsync(EnvironmentReference reference, CancellationToken cancellationToken)
    {
        switch (reference.Kind)
        {
            case EnvironmentReferenceKind.PassThrough:
                return reference.Text;
            case EnvironmentReferenceKind.RegistryLatest:
                return await _registries.ResolveLatestEnvironmentAsync(reference.Registry!, reference.Name, cancellationToken).ConfigureAwait(false);
            case EnvironmentReferenceKind.ResourceId when !reference.Text.StartsWith(connection.Workspace.Id + "/", StringComparison.OrdinalIgnoreCase):
                // Of a registry, or of another workspace: the service says whether it may be used.
                return reference.Text;
            case EnvironmentReferenceKind.Latest:
                await foreach (JsonObject newest in connection.WorkspaceResource.GetMachineLearningEnvironmentContainer(reference.Name)
                    .ListVersionsAsync(includeArchived: false, 1, cancellationToken).ConfigureAwait(false))
                {
                    return connection.WorkspaceResource.GetMachineLearningEnvironmentContainer(reference.Name)
                        .GetMachineLearningEnvironmentVersion(newest.Text("name") ?? string.Empty).Id.ToString();
                }

                throw await NotFoundAsync(reference, cancellationToken).ConfigureAwait(false);
            default:
                MachineLearningEnvironmentVersionResource resource = connection.WorkspaceResource.GetMachineLearningEnvironmentContainer(reference.Name)
                    .GetMachineLearningEnvironmentVersion(reference.Version!);
                return await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is not null
                    ? resource.Id.ToString()
                    : throw await NotFoundAsync(reference, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<MlException> NotFoundAsync(EnvironmentReference reference, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (JsonObject container in connection.WorkspaceResource.ListEnvironmentContainersAsync(cancellationToken).ConfigureAwait(false))
        {
            names.Add(container.Text("name") ?? string.Empty);
        }

        bool known = names.Contains(reference.Name, StringComparer.Ordinal);
        string what = reference.Version is null ? $"environment '{reference.Name}'" : $"environment '{reference.Name}:{reference.Version}'";
        return new MlNotFoundException(
            MlErrorIds.EnvironmentNotFound,
            $"There is no {what} in workspace {connection.Workspace.Name}.{(known ? string.Empty : NearMatch.Sentence(reference.Name, names))} Nothing was changed.")
        {
            Target = reference.Text,
            RecommendedAction = known ? $"Take another version, or the newest: azureml:{reference.Name}@latest." : "Describe the environment instead (-Environment @{ Image = '…' }), and it is registered.",
        };
    }

    private static void Check(MlEnvironmentSettings settings)
    {
        string? broken = settings switch
        {
            { Image: null or "", BuildContext: null } => "it names neither an image nor a build context",
            { Image: { Length: > 0 }, BuildContext: not null } => "it names an image and a build context, and takes only one of them",
            { BuildContext: not null, CondaFile: not null } => "a conda file goes with an image, not with a build context; install the packages in the Dockerfile",
            { DockerfilePath: not null, BuildContext: null } => "a Dockerfile goes with a build context",
            { Name: null, Version: not null } => "it has a version and no name",
            _ when new[] { settings.LivenessRoute, settings.ReadinessRoute, settings.ScoringRoute }.Count(route => route is not null) is 1 or 2 =>
                "its inference config names only some of the routes; liveness, readiness and scoring are needed",
            _ => new[] { settings.LivenessRoute, settings.ReadinessRoute, settings.ScoringRoute }.FirstOrDefault(route => route is not null && !IsGood(route)) is { } bad
                ? string.Create(CultureInfo.InvariantCulture, $"the route '{bad.Path}' at port {bad.Port} is none: a path begins with /, a port is from 1 to 65535")
                : null,
        };
        if (broken is not null)
        {
            throw new MlValidationException(MlErrorIds.EnvironmentInvalid, $"The environment cannot be registered: {broken}. Nothing was changed.")
            {
                Target = settings.Name,
                RecommendedAction = "Give an image (with a conda file where it is needed), or the folder of a Dockerfile.",
            };
        }

        if (settings.Name is { } name)
        {
            ResourceNames.CheckEnvironment(name);
        }

        if (settings.Version is { } version)
        {
            ResourceNames.CheckVersion(version);
        }
    }

    private static bool IsGood(MlInferenceRoute route) => route.Path.StartsWith('/') && route.Port is > 0 and <= 65535;

    private static SourceContent OpenContext(string folder, string? dockerfile)
    {
        SourceContent context = SourceContent.Open(folder, "build context", MlErrorIds.EnvironmentInvalid);
        string file = (dockerfile ?? "Dockerfile").Replace('\\', '/');
        file = file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
        return context.IsFolder && context.Has(file)
            ? context
            : throw new MlValidationException(
                MlErrorIds.EnvironmentInvalid,
                context.LeavesOut(file)
                    ? $"The Dockerfile '{file}' of the build context '{folder}' is left out by {context.IgnoreFile}. Nothing was changed."
                    : $"The build context '{folder}' has no file '{file}'. Nothing was changed.",
                MlErrorCategory.ObjectNotFound)
            {
                Target = folder,
                RecommendedAction = "Give the folder in which the Dockerfile lies, and name it where it is not called Dockerfile.",
            };
    }
}
