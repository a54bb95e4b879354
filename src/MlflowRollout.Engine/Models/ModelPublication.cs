using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Models;

/// <summary>Publishes models to registries: the service copies the files itself.</summary>
internal sealed partial class ModelPublication(WorkspaceConnection connection)
{
    private const string Succeeded = "Succeeded";

    /// <summary>Publishes a version and waits until the registry has it; null when the caller did not give leave.</summary>
    public async Task<MlRegistryModel?> PublishAsync(
        string name, string version, MlModelPublication publication, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlModel source = await connection.ModelCalls.ReadAsync(name, version, cancellationToken).ConfigureAwait(false);
        MlRegistryModel wanted = new()
        {
            Name = publication.Name ?? name,
            Version = new MlVersion(publication.Version ?? version),
            RegistryName = publication.RegistryName,
            ModelType = source.ModelType,
            Description = source.Description,
            Tags = new Dictionary<string, string>(source.Tags, StringComparer.OrdinalIgnoreCase),
            ContentHash = source.ContentHash,
        };
        ResourceNames.CheckModel(wanted.Name);
        ResourceNames.CheckVersion(wanted.Version.Value);
        if (!RegistryRule().IsMatch(wanted.RegistryName))
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid, $"'{wanted.RegistryName}' cannot be the name of a registry: 3 to 33 letters, digits, - and _, the first a letter or digit. Nothing was changed.")
            {
                Target = wanted.RegistryName,
            };
        }

        MachineLearningRegistryResource? registry = await FindRegistryAsync(wanted.RegistryName, cancellationToken).ConfigureAwait(false);
        if (registry is not null && await TryReadAsync(registry, wanted, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return UseExisting(there.Model, there.State, source, publication.IfExists);
        }

        if (!await context.ConfirmAsync($"model {wanted.Name}:{wanted.Version} in registry {wanted.RegistryName}", $"Publish {connection.ModelCalls.Describe(name, version)}").ConfigureAwait(false))
        {
            return null;
        }

        string what = $"Publishing {connection.ModelCalls.Describe(name, version)} to registry {wanted.RegistryName}";
        MachineLearningModelVersionResource resource = connection.ModelCalls.Container(name).GetMachineLearningModelVersion(version);
        StartedOperation started = await resource.PublishAsync(wanted.RegistryName, wanted.Name, wanted.Version.Value, cancellationToken).ConfigureAwait(false);
        if (started.StatusAddress is not null)
        {
            OperationOutcome outcome = await connection.Waiter.WaitAsync(
                new OperationWait
                {
                    Operation = started,
                    Activity = what,
                    Subject = what,
                    Context = context,
                    ResumeWith = "Publish-MlModel -IfExists Skip",
                    Timeout = publication.Timeout,
                },
                cancellationToken).ConfigureAwait(false);
            if (!outcome.IsSuccess)
            {
                throw ServiceErrors.FromOperation(MlErrorIds.OperationFailed, what, outcome.State, outcome.Error, outcome.CorrelationId, source, []);
            }
        }

        return await ReadBackAsync(registry, wanted, context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Names of the registries in the workspace's subscription that may be seen.</summary>
    public async IAsyncEnumerable<string> ListRegistriesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JsonObject body in Provider.ListRegistriesAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return body.Text("name") ?? string.Empty;
        }
    }

    private MachineLearningProviderResource Provider => new(connection.Session.Client, connection.Workspace.SubscriptionId);

    private static MlRegistryModel UseExisting(MlRegistryModel existing, string? state, MlModel source, MlIfExists ifExists)
    {
        string where = $"Model {existing.Name}:{existing.Version} in registry {existing.RegistryName}";
        if (ifExists != MlIfExists.Skip)
        {
            throw new MlAlreadyExistsException(MlErrorIds.ModelAlreadyExists, $"{where} exists already. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = "Name another with -DestinationVersion, or say -IfExists Skip.",
            };
        }

        if (state is not (null or Succeeded))
        {
            throw new MlConflictException(MlErrorIds.ModelAlreadyExists, $"{where} exists with the state {state}, so it cannot be used. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = OperationWaiter.IsFinal(state) ? "Name another version with -DestinationVersion." : "Somebody else publishes it now: try again when that has ended.",
            };
        }

        return existing.ContentHash is null || source.ContentHash is null || string.Equals(existing.ContentHash, source.ContentHash, StringComparison.OrdinalIgnoreCase)
            ? existing
            : throw new MlConflictException(
                MlErrorIds.ModelAlreadyExists, $"{where} exists, and its content is not that of {source.Reference} in workspace {source.WorkspaceName}. The content of a version never changes. Nothing was changed.")
            {
                Target = existing,
                RecommendedAction = "Name another with -DestinationVersion.",
            };
    }

    private static async Task<MlRegistryModel> ReadBackAsync(
        MachineLearningRegistryResource? registry, MlRegistryModel wanted, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (registry is null)
        {
            context.Warning($"The service reports {wanted.Reference} as published. The registry is in no subscription that this connection reads, so that was not checked.");
            return wanted;
        }

        return await TryReadAsync(registry, wanted, cancellationToken).ConfigureAwait(false) is (var made, null or Succeeded)
            ? made
            : throw new MlServiceException(
                MlErrorIds.UnexpectedResponse, MlErrorCategory.InvalidResult, $"The service reported {wanted.Reference} as published, but it is not in the registry.")
            {
                Target = wanted,
                RecommendedAction = "Publish it again with Publish-MlModel.",
            };
    }

    // The version and the state in which it is; null when there is none.
    private static async Task<(MlRegistryModel Model, string? State)?> TryReadAsync(MachineLearningRegistryResource registry, MlRegistryModel wanted, CancellationToken cancellationToken)
    {
        JsonObject? body = await registry.GetMachineLearningModelContainer(wanted.Name).GetMachineLearningModelVersion(wanted.Version!.Value)
            .GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        if (body is null)
        {
            return null;
        }

        JsonObject? properties = body.Object("properties");
        MlRegistryModel found = new()
        {
            Name = wanted.Name,
            Version = wanted.Version,
            RegistryName = wanted.RegistryName,
            Id = body.Text("id"),
            ModelType = properties.Text("modelType") ?? wanted.ModelType,
            Description = properties.Text("description"),
            ContentHash = properties.Object("properties").Text(ModelMapping.HashKey),
        };
        properties.CopyTexts("tags", found.Tags);
        return (found, properties.Text("provisioningState"));
    }

    private async Task<MachineLearningRegistryResource?> FindRegistryAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Provider.FindRegistryAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (MlException exception) when (exception.StatusCode == 403)
        {
            // Listing needs a right on the subscription; publishing does not.
            return null;
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}\z")]
    private static partial Regex RegistryRule();
}
