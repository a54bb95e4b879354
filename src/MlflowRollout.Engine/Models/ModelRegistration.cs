using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>Registers models.</summary>
internal sealed class ModelRegistration(WorkspaceConnection connection)
{
    private const int AnonymousNameLength = 32;

    private static readonly string[] KnownTypes = ["mlflow_model", "custom_model", "triton_model"];

    private readonly ModelUpload _upload = new(connection);
    private readonly ModelVersionWriter _writer = new(connection);

    /// <summary>Uploads (when local) and registers.</summary>
    public async Task<MlModel?> RegisterAsync(MlModelRegistration registration, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (!registration.IsAnonymous)
        {
            ResourceNames.CheckModel(registration.Name);
        }

        if (registration.ModelType is { } type && !KnownTypes.Contains(type, StringComparer.Ordinal))
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, $"'{type}' is no model type. There are: {string.Join(", ", KnownTypes)}.") { Target = registration.Name };
        }

        if (registration.Version is { } asked)
        {
            ResourceNames.CheckVersion(asked);
        }

        bool remote = IsRemote(registration.Source);
        LocalContent? content = remote ? null : LocalContent.Open(registration.Source, registration.ModelType);
        string? hash = content is null ? null : await content.ComputeHashAsync(cancellationToken).ConfigureAwait(false);
        string? uri = remote ? await RemoteUriAsync(registration.Source, cancellationToken).ConfigureAwait(false) : null;
        registration = registration.IsAnonymous ? Named(registration, hash ?? uri!) : registration;
        if (registration.ReuseUnchanged && registration.Version is null
            && await connection.ModelCalls.FindLatestAsync(registration.Name, includeArchived: false, cancellationToken).ConfigureAwait(false) is { } newest
            && IsSame(newest, hash, uri))
        {
            context.Verbose($"The content of {newest.Reference} is the same; no new version is made.");
            newest.Signature = content?.Mlmodel?.Signature;
            return newest;
        }

        string shown = registration.Version is { } fixedVersion ? $"{registration.Name}:{fixedVersion}" : registration.Name;
        if (registration.Version is not null
            && await _writer.FindAsync(registration.Name, registration.Version, cancellationToken).ConfigureAwait(false) is { } existing)
        {
            return await UseExistingAsync(registration, existing, hash, uri, content, context, cancellationToken).ConfigureAwait(false);
        }

        if (!await context.ConfirmAsync($"model {shown} in workspace {connection.Workspace.Name}", "Register").ConfigureAwait(false))
        {
            return null;
        }

        uri ??= await _upload.UploadAsync(content!, hash!, registration.Name, registration.Version, context, cancellationToken).ConfigureAwait(false);
        MlmodelContent? mlmodel = content?.Mlmodel ?? (remote ? await TryReadMlmodelAsync(registration.Name, uri, cancellationToken).ConfigureAwait(false) : null);
        MlModel model = await _writer.WriteAsync(registration.Name, registration.Version, Body(registration, content, mlmodel, hash, uri), cancellationToken).ConfigureAwait(false);
        model.Signature = mlmodel?.Signature;
        return model;
    }

    /// <summary>True for an uri, false for a path on this machine.</summary>
    public static bool IsRemote(string source) =>
        source.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("wasbs://", StringComparison.OrdinalIgnoreCase);

    // The same content is the same anonymous model, whoever deploys it.
    private static MlModelRegistration Named(MlModelRegistration registration, string content) => new()
    {
        Name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..AnonymousNameLength].ToLowerInvariant(),
        IsAnonymous = true,
        Version = "1",
        Source = registration.Source,
        ModelType = registration.ModelType,
        Flavors = registration.Flavors,
        Description = registration.Description,
        Stage = registration.Stage,
        Tags = registration.Tags,
        Properties = registration.Properties,
        IfExists = MlIfExists.Skip,
    };

    private static bool IsSame(MlModel model, string? hash, string? uri) =>
        hash is not null ? string.Equals(model.ContentHash, hash, StringComparison.OrdinalIgnoreCase) : string.Equals(model.ModelUri, uri, StringComparison.Ordinal);

    // The short form of a datastore uri is the client's; the service takes the long one.
    private Task<string> RemoteUriAsync(string source, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool isShort = source.StartsWith("azureml://datastores/", StringComparison.OrdinalIgnoreCase);
        return Task.FromResult(
            isShort && Datastore.FindPath(source) is { } place ? Datastore.LongUri(connection.Workspace, place.Datastore, place.Path) : source);
    }

    private async Task<MlmodelContent?> TryReadMlmodelAsync(string name, string uri, CancellationToken cancellationToken)
    {
        byte[]? file = await connection.ModelCalls.Files.ReadAsync(new MlModel { Name = name, ModelUri = uri }, MlmodelFile.FileName, cancellationToken).ConfigureAwait(false);
        return file is null ? null : MlmodelFile.Parse(Encoding.UTF8.GetString(file), $"{uri}/{MlmodelFile.FileName}");
    }

    private async Task<MlModel?> UseExistingAsync(
        MlModelRegistration registration, MlModel existing, string? hash, string? uri, LocalContent? content, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string where = $"Model {existing.Name}:{existing.Version} in workspace {connection.Workspace.Name}";
        if (registration.IfExists is MlIfExists.Skip or MlIfExists.Update && !IsSame(existing, hash, uri))
        {
            throw new MlConflictException(
                MlErrorIds.ModelAlreadyExists, $"{where} exists, and its content is not that of '{registration.Source}'. The content of a version never changes. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = "Leave -Version out to register the next one.",
            };
        }

        switch (registration.IfExists)
        {
            case MlIfExists.Skip:
                existing.Signature = content?.Mlmodel?.Signature;
                return existing;
            case MlIfExists.Update:
                MlModel? updated = await connection.ModelCalls.UpdateAsync(
                    existing.Name,
                    existing.Version!.Value,
                    new MlModelChanges
                    {
                        Description = registration.Description,
                        Stage = registration.Stage,
                        Tags = registration.Tags.Count == 0 ? null : registration.Tags.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
                    },
                    context,
                    cancellationToken).ConfigureAwait(false);
                if (updated is not null)
                {
                    updated.Signature = content?.Mlmodel?.Signature;
                }

                return updated;
            default:
                throw new MlAlreadyExistsException(MlErrorIds.ModelAlreadyExists, $"{where} exists already. Nothing was changed.")
                {
                    Target = existing,
                    RecommendedAction = "Leave -Version out to register the next one, or say -IfExists Skip or -IfExists Update.",
                };
        }
    }

    private static JsonObject Body(MlModelRegistration registration, LocalContent? content, MlmodelContent? mlmodel, string? hash, string uri)
    {
        JsonObject entries = JsonBody.FromTexts(registration.Properties);
        if (hash is not null)
        {
            entries[ModelMapping.HashKey] = hash;
        }

        bool mlflowSource = mlmodel is not null || uri.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase);
        JsonObject properties = new()
        {
            ["modelType"] = registration.ModelType ?? content?.ModelType ?? (mlflowSource ? "mlflow_model" : "custom_model"),
            ["modelUri"] = uri,
            ["tags"] = JsonBody.FromTexts(registration.Tags),
            ["properties"] = entries,
            ["isAnonymous"] = registration.IsAnonymous,
            ["isArchived"] = false,
        };
        if ((registration.Flavors ?? mlmodel?.Flavors) is { } flavors)
        {
            properties["flavors"] = ModelMapping.WriteFlavors(flavors);
        }

        if (registration.Description is { } description)
        {
            properties["description"] = description;
        }

        if (registration.Stage is { } stage)
        {
            properties["stage"] = stage;
        }

        return new JsonObject { ["properties"] = properties };
    }
}
