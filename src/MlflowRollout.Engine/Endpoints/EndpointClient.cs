using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Operations;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>Endpoints of one workspace.</summary>
internal sealed class EndpointClient(WorkspaceConnection connection) : IMlEndpointClient
{
    private const int ParallelReads = 8;

    private readonly EndpointWriter _writer = new(connection);
    private readonly EndpointCreation _creation = new(connection);

    /// <inheritdoc/>
    public Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification, IMlOperationContext context, CancellationToken cancellationToken) =>
        _creation.CreateAsync(specification, context, cancellationToken);

    /// <inheritdoc/>
    public async Task<MlEndpoint> GetAsync(string name, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        MachineLearningOnlineEndpointResource resource = Resource(name);
        Task<List<string>> deployments = DeploymentNamesAsync(name, cancellationToken);
        JsonObject? body = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        List<string> names = await deployments.ConfigureAwait(false);
        return body is null
            ? throw await NotFoundAsync(name, cancellationToken).ConfigureAwait(false)
            : EndpointMapping.ToModel(body, names, connection);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlEndpoint> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A few lists of deployments ahead, in order, so that many endpoints do not take as many round trips in a row.
        Queue<Task<MlEndpoint>> ahead = new();
        await foreach (JsonObject body in connection.WorkspaceResource.ListOnlineEndpointsAsync(cancellationToken).ConfigureAwait(false))
        {
            ahead.Enqueue(WithZerosAsync(body, cancellationToken));
            if (ahead.Count >= ParallelReads)
            {
                yield return await ahead.Dequeue().ConfigureAwait(false);
            }
        }

        while (ahead.Count > 0)
        {
            yield return await ahead.Dequeue().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<MlEndpoint?> UpdateAsync(string name, MlEndpointChanges changes, IMlOperationContext context, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        EndpointState state = await _writer.ReadAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw await NotFoundAsync(name, cancellationToken).ConfigureAwait(false);
        EndpointBody.CheckUnchangeable(EndpointMapping.ToModel(state.Body, null, connection), changes, Describe(name));
        JsonObject Merge(EndpointState fresh) => EndpointBody.Change(fresh.Body, changes);
        Merge(state);
        if (!await context.ConfirmAsync(Describe(name), "Update").ConfigureAwait(false))
        {
            return null;
        }

        EndpointWriter.Result result = await _writer.WriteAsync(
            state, new EndpointWriter.Change(name, $"Updating endpoint {name}", Merge, changes.NoWait, changes.Timeout), context, cancellationToken).ConfigureAwait(false);
        List<string> deployments = await DeploymentNamesAsync(name, cancellationToken).ConfigureAwait(false);
        if (result.Outcome is null)
        {
            return EndpointMapping.ToModel(result.Accepted ?? state.Body, deployments, connection);
        }

        MlEndpoint? endpoint = result.Outcome.Resource is { } read ? EndpointMapping.ToModel(read, deployments, connection) : null;
        await ThrowUnlessSucceededAsync(name, $"Updating endpoint {name}", result.Outcome, endpoint, cancellationToken).ConfigureAwait(false);
        if (!EndpointMapping.ReadMap(result.Sent, "traffic").HasSameWeights(endpoint!.Traffic)
            || !EndpointMapping.ReadMap(result.Sent, "mirrorTraffic").HasSameWeights(endpoint.MirrorTraffic))
        {
            throw new MlConflictException(
                MlErrorIds.ResourceConflict,
                $"Endpoint {name} in workspace {connection.Workspace.Name} was updated, but its traffic is now '{endpoint.Traffic}' (mirror '{endpoint.MirrorTraffic}') and not what it was before: another writer changed it at the same time.")
            {
                Target = endpoint,
                RecommendedAction = "Look at the traffic with Get-MlTraffic and set it with Set-MlTraffic where it is not as it should be.",
            };
        }

        return endpoint;
    }

    /// <inheritdoc/>
    public async Task<MlEndpoint?> RemoveAsync(
        string name, bool noWait, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlEndpoint endpoint = await GetAsync(name, cancellationToken).ConfigureAwait(false);
        int count = endpoint.Traffic.Count;
        string action = count == 0 ? "Delete" : string.Create(CultureInfo.InvariantCulture, $"Delete with {count} deployment{(count == 1 ? string.Empty : "s")}");
        MlQuestion? question = count == 0
            ? null
            : new MlQuestion(
                "Delete endpoint",
                $"Endpoint {name} in workspace {connection.Workspace.Name} has deployments ({string.Join(", ", endpoint.Traffic.Pairs().Select(pair => pair.Key))}). They are deleted with it and requests to it fail from then on. Delete it?");
        if (!await context.ConfirmAsync(Describe(name), action, question).ConfigureAwait(false))
        {
            return null;
        }

        MachineLearningOnlineEndpointResource resource = Resource(name);
        StartedOperation operation = await BusyRetry.RunAsync(
            connection, $"endpoint {name}", resource.DeleteAsync, timeout, context, cancellationToken).ConfigureAwait(false);
        if (noWait)
        {
            endpoint.ProvisioningState = MlProvisioningState.Deleting;
            return endpoint;
        }

        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Deleting endpoint {name}",
                Subject = $"Deletion of endpoint {name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Remove-MlEndpoint",
                Timeout = timeout,
            },
            cancellationToken).ConfigureAwait(false);
        await Deletion.VerifyAsync(resource, $"endpoint {name} in workspace {connection.Workspace.Name}", MlErrorIds.EndpointFailed, endpoint, outcome, connection.TimeProvider, cancellationToken)
            .ConfigureAwait(false);
        return endpoint;
    }

    /// <inheritdoc/>
    public async Task<MlEndpoint> WaitAsync(string name, TimeSpan? timeout, IMlOperationContext context, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        MachineLearningOnlineEndpointResource resource = Resource(name);
        JsonObject body = await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false)
            ?? throw await NotFoundAsync(name, cancellationToken).ConfigureAwait(false);
        OperationOutcome outcome = await RunningOperation.WaitAsync(
            connection, resource, body, $"endpoint {name}", "Wait-MlEndpoint", null, timeout, context, cancellationToken).ConfigureAwait(false);
        List<string> deployments = await DeploymentNamesAsync(name, cancellationToken).ConfigureAwait(false);
        MlEndpoint? endpoint = outcome.Resource is { } read ? EndpointMapping.ToModel(read, deployments, connection) : null;
        await ThrowUnlessSucceededAsync(name, $"Endpoint {name} in workspace {connection.Workspace.Name}", outcome, endpoint, cancellationToken).ConfigureAwait(false);
        return endpoint!;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MlEndpointKey>> GetKeysAsync(string name, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        JsonObject keys = await AuthenticatingAsync(name, MlAuthMode.Key, Resource(name).GetKeysAsync, cancellationToken).ConfigureAwait(false);
        return
        [
            ToKey(name, MlKeyType.Primary, keys.Text("primaryKey")),
            ToKey(name, MlKeyType.Secondary, keys.Text("secondaryKey")),
        ];
    }

    /// <inheritdoc/>
    public async Task<MlEndpointKey?> ResetKeyAsync(
        string name, MlKeyType keyType, SecureString? value, IMlOperationContext context, CancellationToken cancellationToken)
    {
        MlEndpoint endpoint = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
        if (endpoint.AuthMode != MlAuthMode.Key)
        {
            throw AuthModeMismatch(endpoint, MlAuthMode.Key, null);
        }

        MlQuestion question = new(
            "Reset key", $"Callers that use the {keyType.ToString().ToLowerInvariant()} key of endpoint {name} in workspace {connection.Workspace.Name} are refused from then on. Reset it?");
        if (!await context.ConfirmAsync(Describe(name), $"Reset {keyType.ToString().ToLowerInvariant()} key", question).ConfigureAwait(false))
        {
            return null;
        }

        MachineLearningOnlineEndpointResource resource = Resource(name);
        string before = (await resource.GetKeysAsync(cancellationToken).ConfigureAwait(false)).Text(KeyMember(keyType)) ?? string.Empty;
        string? wanted = value is null ? null : Secret.Reveal(value);
        StartedOperation operation = await resource.RegenerateKeysAsync(keyType, wanted, cancellationToken).ConfigureAwait(false);
        OperationOutcome outcome = await connection.Waiter.WaitAsync(
            new OperationWait
            {
                Operation = operation,
                Activity = $"Resetting the {keyType.ToString().ToLowerInvariant()} key of endpoint {name}",
                Subject = $"Reset of a key of endpoint {name} in workspace {connection.Workspace.Name}",
                Context = context,
                ResumeWith = "Wait-MlEndpoint",
            },
            cancellationToken).ConfigureAwait(false);
        await ThrowUnlessSucceededAsync(name, $"Resetting a key of endpoint {name}", outcome, endpoint, cancellationToken).ConfigureAwait(false);
        string after = (await resource.GetKeysAsync(cancellationToken).ConfigureAwait(false)).Text(KeyMember(keyType)) ?? string.Empty;
        bool asWanted = wanted is null ? !string.Equals(before, after, StringComparison.Ordinal) : string.Equals(wanted, after, StringComparison.Ordinal);
        return asWanted
            ? ToKey(name, keyType, after)
            : throw new MlServiceException(
                MlErrorIds.UnexpectedResponse,
                MlErrorCategory.ProtocolError,
                $"The service accepted the reset of the {keyType.ToString().ToLowerInvariant()} key of endpoint {name}, but the key read back is not the new one.")
            {
                Target = endpoint,
                RecommendedAction = "Read the keys with Get-MlEndpointKey before using them.",
            };
    }

    /// <inheritdoc/>
    public async Task<MlEndpointToken> GetTokenAsync(string name, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        JsonObject token = await AuthenticatingAsync(name, MlAuthMode.AmlToken, Resource(name).GetTokenAsync, cancellationToken).ConfigureAwait(false);
        return new MlEndpointToken
        {
            EndpointName = name,
            WorkspaceName = connection.Workspace.Name,
            ConnectionId = connection.Workspace.ConnectionId,
            Token = Secret.From(token.Text("accessToken") ?? string.Empty),
            TokenType = token.Text("tokenType") ?? "Bearer",
            ExpiresOn = UnixTime(token.Text("expiryTimeUtc")),
            RefreshOn = UnixTime(token.Text("refreshAfterTimeUtc")),
        };
    }

    /// <summary>Reads an endpoint without its deployments.</summary>
    public async Task<MlEndpoint> ReadAsync(string name, CancellationToken cancellationToken)
    {
        CheckKnownName(name);
        JsonObject? body = await Resource(name).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        return body is null
            ? throw await NotFoundAsync(name, cancellationToken).ConfigureAwait(false)
            : EndpointMapping.ToModel(body, null, connection);
    }

    /// <summary>The error for an absent endpoint, with the near match named.</summary>
    public async Task<MlException> NotFoundAsync(string name, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (JsonObject body in connection.WorkspaceResource.ListOnlineEndpointsAsync(cancellationToken).ConfigureAwait(false))
        {
            names.Add(body.Text("name") ?? string.Empty);
        }

        return new MlNotFoundException(
            MlErrorIds.EndpointNotFound,
            $"There is no endpoint '{name}' in workspace {connection.Workspace.Name}.{NearMatch.Sentence(name, names)}")
        {
            Target = name,
            RecommendedAction = NearMatch.Find(name, names) is { } near ? $"Use '{near}', or see Get-MlEndpoint for all." : "See Get-MlEndpoint for all, or make one with New-MlEndpoint.",
        };
    }

    /// <summary>Names of an endpoint's deployments.</summary>
    public async Task<List<string>> DeploymentNamesAsync(string name, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (JsonObject body in Resource(name).ListDeploymentsAsync(cancellationToken).ConfigureAwait(false))
        {
            names.Add(body.Text("name") ?? string.Empty);
        }

        return names;
    }

    /// <summary>Raises the error of an outcome that is none.</summary>
    public async Task ThrowUnlessSucceededAsync(
        string name, string what, OperationOutcome outcome, MlEndpoint? endpoint, CancellationToken cancellationToken)
    {
        if (outcome.IsSuccess && endpoint is not null)
        {
            return;
        }

        if (endpoint is null && await Resource(name).GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is { } body)
        {
            endpoint = EndpointMapping.ToModel(body, null, connection);
            if (outcome.IsSuccess)
            {
                return;
            }
        }

        throw ServiceErrors.FromOperation(
            MlErrorIds.EndpointFailed, what, outcome.State, outcome.Error, outcome.CorrelationId, (object?)endpoint ?? name, []);
    }

    /// <summary>How an endpoint is called in questions.</summary>
    public string Describe(string name) => $"endpoint {name} in workspace {connection.Workspace.Name}";

    // A name that breaks the rule cannot exist, and might change the address that is called.
    private static void CheckKnownName(string name) => ResourceNames.Check("endpoint", name);

    private MachineLearningOnlineEndpointResource Resource(string name) => connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(name);

    private async Task<MlEndpoint> WithZerosAsync(JsonObject body, CancellationToken cancellationToken) =>
        EndpointMapping.ToModel(body, await DeploymentNamesAsync(body.Text("name") ?? string.Empty, cancellationToken).ConfigureAwait(false), connection);

    private async Task<JsonObject> AuthenticatingAsync(
        string name, MlAuthMode mode, Func<CancellationToken, Task<JsonObject>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken).ConfigureAwait(false);
        }
        catch (MlServiceException exception) when (exception.StatusCode is 400 or 404)
        {
            // Reading the endpoint says whether it is absent or authenticates otherwise.
            MlEndpoint endpoint = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
            bool fits = mode == MlAuthMode.Key ? endpoint.AuthMode == MlAuthMode.Key : endpoint.AuthMode != MlAuthMode.Key;
            throw fits ? exception : AuthModeMismatch(endpoint, mode, exception);
        }
    }

    private MlServiceException AuthModeMismatch(MlEndpoint endpoint, MlAuthMode asked, Exception? cause) => new(
        MlErrorIds.EndpointAuthModeMismatch,
        MlErrorCategory.InvalidOperation,
        asked == MlAuthMode.Key
            ? $"Endpoint {endpoint.Name} in workspace {connection.Workspace.Name} authenticates with tokens ({endpoint.AuthMode}); it has no keys."
            : $"Endpoint {endpoint.Name} in workspace {connection.Workspace.Name} authenticates with keys; it gives no tokens.",
        cause)
    {
        Target = endpoint,
        RecommendedAction = asked == MlAuthMode.Key ? "Use Get-MlEndpointToken." : "Use Get-MlEndpointKey.",
    };

    private MlEndpointKey ToKey(string name, MlKeyType keyType, string? key) => new()
    {
        EndpointName = name,
        WorkspaceName = connection.Workspace.Name,
        ConnectionId = connection.Workspace.ConnectionId,
        KeyType = keyType,
        Key = Secret.From(key ?? string.Empty),
    };

    private static string KeyMember(MlKeyType keyType) => keyType == MlKeyType.Primary ? "primaryKey" : "secondaryKey";

    private static DateTimeOffset? UnixTime(string? seconds) =>
        long.TryParse(seconds, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) && value > 0
            ? DateTimeOffset.FromUnixTimeSeconds(value)
            : null;
}
