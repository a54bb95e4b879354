using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>Makes endpoints.</summary>
internal sealed class EndpointCreation(WorkspaceConnection connection)
{
    private const string TakenPhrase = "already an endpoint with this name";

    /// <summary>Creates an endpoint, or does with the one that is there what the specification says.</summary>
    public async Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification, IMlOperationContext context, CancellationToken cancellationToken)
    {
        string name = FullName(specification);
        if (specification.AuthMode == MlAuthMode.Unknown)
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "The authentication mode of an endpoint must be Key, AmlToken or AadToken.") { Target = name };
        }

        EndpointMapping.CheckIdentity(name, specification.IdentityType, specification.UserAssignedIdentities);
        MachineLearningOnlineEndpointResource resource = connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(name);
        JsonObject? there = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        if (there is not null)
        {
            return await UseExistingAsync(name, specification, there, context, cancellationToken).ConfigureAwait(false);
        }

        if (!await context.ConfirmAsync(connection.EndpointCalls.Describe(name), "Create").ConfigureAwait(false))
        {
            return null;
        }

        StartedOperation operation;
        try
        {
            operation = await CreateOnce.RunAsync(
                connection,
                resource,
                Body(specification),
                found => EndpointMapping.ToModel(found, null, connection).AuthMode == specification.AuthMode,
                found => AlreadyExists(EndpointMapping.ToModel(found, null, connection)),
                specification.Timeout,
                context,
                cancellationToken).ConfigureAwait(false);
        }
        catch (MlException exception) when (exception.Message.Contains(TakenPhrase, StringComparison.OrdinalIgnoreCase))
        {
            throw new MlAlreadyExistsException(
                MlErrorIds.EndpointNameTaken,
                $"The endpoint name '{name}' is taken: names of endpoints are unique within a region ({connection.Workspace.Location}), and a deleted endpoint's name is free only when its deletion is finished.",
                exception)
            {
                Target = name,
                StatusCode = exception.StatusCode,
                ServiceErrorCode = exception.ServiceErrorCode,
                CorrelationId = exception.CorrelationId,
                RawBody = exception.RawBody,
                RecommendedAction = "Take another name, or add -UniqueSuffix.",
            };
        }

        if (specification.NoWait)
        {
            return EndpointMapping.ToModel(operation.Body ?? Named(name, resource), null, connection);
        }

        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Creating endpoint {name}",
                Subject = $"Endpoint {name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Wait-MlEndpoint",
                Timeout = specification.Timeout,
            },
            cancellationToken).ConfigureAwait(false);
        MlEndpoint? endpoint = outcome.Resource is { } body ? EndpointMapping.ToModel(body, null, connection) : null;
        await connection.EndpointCalls.ThrowUnlessSucceededAsync(name, $"Creating endpoint {name}", outcome, endpoint, cancellationToken).ConfigureAwait(false);
        return endpoint;
    }

    private string FullName(MlEndpointSpecification specification)
    {
        if (specification.UniqueSuffix && specification.RandomSuffix)
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, "An endpoint's name gets either a unique or a random suffix, not both.") { Target = specification.Name };
        }

        ResourceNames.Check("endpoint", specification.Name);
        string name = specification.UniqueSuffix ? ResourceNames.WithUniqueSuffix(specification.Name, connection.Workspace.Id)
            : specification.RandomSuffix ? ResourceNames.WithRandomSuffix(specification.Name, connection.Random)
            : specification.Name;
        ResourceNames.Check("endpoint", name);
        return name;
    }

    private async Task<MlEndpoint?> UseExistingAsync(
        string name, MlEndpointSpecification specification, JsonObject there, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlEndpoint endpoint = EndpointMapping.ToModel(there, null, connection);
        string where = $"Endpoint {name} in workspace {connection.Workspace.Name}";
        switch (specification.IfExists)
        {
            case MlIfExists.Skip:
                if (endpoint.ProvisioningState is MlProvisioningState.Creating or MlProvisioningState.Updating && !specification.NoWait)
                {
                    endpoint = await connection.EndpointCalls.WaitAsync(name, specification.Timeout, context, cancellationToken).ConfigureAwait(false);
                }

                if (endpoint.ProvisioningState != MlProvisioningState.Succeeded)
                {
                    throw new MlConflictException(
                        MlErrorIds.EndpointFailed, $"{where} exists, but its state is {endpoint.ProvisioningState} and not Succeeded, so it cannot be taken as it is.")
                    {
                        Target = endpoint,
                        RecommendedAction = "Repair it with -IfExists Update, or delete it with Remove-MlEndpoint.",
                    };
                }

                CheckAuthMode(where, specification, endpoint);
                return await connection.EndpointCalls.GetAsync(name, cancellationToken).ConfigureAwait(false);
            case MlIfExists.Update:
                CheckAuthMode(where, specification, endpoint);
                return await connection.EndpointCalls.UpdateAsync(
                    name,
                    new MlEndpointChanges
                    {
                        Description = specification.Description,
                        Tags = specification.Tags.Count == 0 ? null : specification.Tags.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
                        PublicNetworkAccess = specification.PublicNetworkAccess,
                        Properties = specification.Properties.Count == 0 ? null : specification.Properties,
                        IdentityType = specification.IdentityType,
                        UserAssignedIdentities = specification.UserAssignedIdentities.Count == 0 ? null : specification.UserAssignedIdentities,
                        NoWait = specification.NoWait,
                        Timeout = specification.Timeout,
                    },
                    context,
                    cancellationToken).ConfigureAwait(false);
            case MlIfExists.ReplaceFailed:
                throw new MlValidationException(MlErrorIds.ParameterInvalid, "-IfExists ReplaceFailed is for deployments; an endpoint takes Error, Skip or Update.") { Target = name };
            default:
                throw AlreadyExists(endpoint);
        }
    }

    private MlAlreadyExistsException AlreadyExists(MlEndpoint endpoint) =>
        new(MlErrorIds.EndpointAlreadyExists, $"Endpoint {endpoint.Name} in workspace {connection.Workspace.Name} exists already. Nothing was changed.")
        {
            Target = endpoint,
            RecommendedAction = "Use it (Get-MlEndpoint), say -IfExists Skip or -IfExists Update, or take another name (-UniqueSuffix).",
        };

    private static void CheckAuthMode(string where, MlEndpointSpecification specification, MlEndpoint endpoint)
    {
        if (endpoint.AuthMode != specification.AuthMode)
        {
            throw new MlConflictException(
                MlErrorIds.EndpointAuthModeMismatch,
                $"{where} exists, but authenticates with {endpoint.AuthMode} and not with {specification.AuthMode} as asked.")
            {
                Target = endpoint,
                RecommendedAction = $"Say -AuthMode {endpoint.AuthMode}, or take another name.",
            };
        }
    }

    private JsonObject Body(MlEndpointSpecification specification)
    {
        JsonObject properties = new()
        {
            ["authMode"] = EndpointMapping.WriteAuthMode(specification.AuthMode),
            ["properties"] = JsonBody.FromTexts(specification.Properties),
            ["traffic"] = new JsonObject(),
            ["mirrorTraffic"] = new JsonObject(),
        };
        if (specification.Description is { } description)
        {
            properties["description"] = description;
        }

        if (specification.PublicNetworkAccess is { } access)
        {
            properties["publicNetworkAccess"] = access.ToString();
        }

        if (specification.Compute is { Length: > 0 } compute)
        {
            properties["compute"] = ComputeId(compute);
        }

        return new JsonObject
        {
            ["location"] = connection.Workspace.Location,
            ["tags"] = JsonBody.FromTexts(specification.Tags),
            ["identity"] = EndpointMapping.WriteIdentity(specification.IdentityType, specification.UserAssignedIdentities),
            ["properties"] = properties,
        };
    }

    private string ComputeId(string compute)
    {
        string name = compute.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) ? compute["azureml:".Length..] : compute;
        return name.StartsWith('/') ? name : $"{connection.Workspace.Id}/computes/{name}";
    }

    private static JsonObject Named(string name, MachineLearningOnlineEndpointResource resource) => new()
    {
        ["name"] = name,
        ["id"] = resource.Id.ToString(),
        ["properties"] = new JsonObject { ["provisioningState"] = "Creating" },
    };
}
