using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Traffic;

/// <summary>
/// Traffic of one workspace's endpoints. One GET, one PUT, the polls and one final GET; a deployment that gets its first traffic costs one GET more, since
/// only its own state says that it may. How races are met: docs/design/002-traffic-changes.md.
/// </summary>
internal sealed class TrafficClient(WorkspaceConnection connection) : IMlTrafficClient
{
    private readonly EndpointWriter _writer = new(connection);

    /// <inheritdoc/>
    public async Task<MlTraffic> GetAsync(string endpointName, CancellationToken cancellationToken)
    {
        MlEndpoint endpoint = await connection.EndpointCalls.GetAsync(endpointName, cancellationToken).ConfigureAwait(false);
        return ToTraffic(endpoint.Name, endpoint.Traffic, endpoint.MirrorTraffic);
    }

    /// <inheritdoc/>
    public Task<MlTraffic?> SetAsync(MlTrafficChange change, IMlOperationContext context, CancellationToken cancellationToken) =>
        SetAsync(change, ask: true, context, cancellationToken);

    /// <summary>Sets weights; without asking where the question was part of another one.</summary>
    public async Task<MlTraffic?> SetAsync(MlTrafficChange change, bool ask, IMlOperationContext context, CancellationToken cancellationToken)
    {
        ResourceNames.Check("endpoint", change.EndpointName);
        TrafficPlan.CheckChange(change);
        EndpointState state = await _writer.ReadAsync(change.EndpointName, cancellationToken).ConfigureAwait(false)
            ?? throw await connection.EndpointCalls.NotFoundAsync(change.EndpointName, cancellationToken).ConfigureAwait(false);
        MlTrafficMap firstLive = state.Live;
        MlTrafficMap firstMirror = state.Mirror;
        CheckExpected(change, firstLive);
        if (EndpointMapping.IsKubernetes(state.Body))
        {
            TrafficRules.CheckNoMirror(change.EndpointName, change.MirrorTraffic);
        }

        TrafficPlan plan = TrafficPlan.Make(change, firstLive, firstMirror);
        Dictionary<string, string> spelling = await CheckNamesAsync(change, plan, firstLive, firstMirror, cancellationToken).ConfigureAwait(false);
        if (ask && !await context.ConfirmAsync(
            connection.EndpointCalls.Describe(change.EndpointName), plan.Respelled(spelling).Describe(firstLive, firstMirror)).ConfigureAwait(false))
        {
            return null;
        }

        JsonObject Merge(EndpointState fresh)
        {
            MlTrafficMap live = fresh.Live;
            MlTrafficMap mirror = fresh.Mirror;
            CheckExpected(change, live);
            CheckReplacedUnchanged(change, firstLive, firstMirror, live, mirror);
            TrafficPlan merged = TrafficPlan.Make(change, live, mirror).Respelled(spelling);
            JsonObject body = ResourceMapping.ForWriting(fresh.Body);
            JsonObject properties = body.ObjectOrNew("properties");
            properties["traffic"] = EndpointMapping.WriteMap(merged.Live);
            properties["mirrorTraffic"] = EndpointMapping.WriteMap(merged.Mirror);
            if (body.Object("identity") is null)
            {
                body["identity"] = EndpointMapping.WriteIdentity(null, []);
            }

            return body;
        }

        EndpointWriter.Result result = await _writer.WriteAsync(
            state,
            new EndpointWriter.Change(change.EndpointName, $"Setting traffic of endpoint {change.EndpointName}", Merge, NoWait: false, change.Timeout),
            context,
            cancellationToken).ConfigureAwait(false);
        return await VerifyAsync(change.EndpointName, result, cancellationToken).ConfigureAwait(false);
    }

    private void CheckExpected(MlTrafficChange change, MlTrafficMap live)
    {
        if (change.Expected is { } expected && !expected.HasSameWeights(live))
        {
            throw new MlConflictException(
                MlErrorIds.TrafficNotAsExpected,
                $"The live weights of {connection.EndpointCalls.Describe(change.EndpointName)} are '{live}' and not '{expected}' as expected. Nothing was changed.")
            {
                Target = ToTraffic(change.EndpointName, live, []),
                RecommendedAction = "Look at the traffic with Get-MlTraffic and decide anew.",
            };
        }
    }

    // A map given as a whole replaces what its author saw; it must not replace what somebody else made of it meanwhile. A weight is merged anew.
    private void CheckReplacedUnchanged(MlTrafficChange change, MlTrafficMap firstLive, MlTrafficMap firstMirror, MlTrafficMap live, MlTrafficMap mirror)
    {
        bool liveLost = change.Traffic is not null && change.Expected is null && !live.HasSameWeights(firstLive) && !live.HasSameWeights(change.Traffic);
        bool mirrorLost = change.MirrorTraffic is not null && !mirror.HasSameWeights(firstMirror) && !mirror.HasSameWeights(change.MirrorTraffic);
        if (liveLost || mirrorLost)
        {
            string found = liveLost ? $"live weights '{live}' (they were '{firstLive}')" : $"mirrored weights '{mirror}' (they were '{firstMirror}')";
            throw new MlConflictException(
                MlErrorIds.ResourceConflict,
                $"Another writer changed the traffic of {connection.EndpointCalls.Describe(change.EndpointName)} while this change was under way: found {found}. Nothing was overwritten.")
            {
                Target = ToTraffic(change.EndpointName, live, mirror),
                RecommendedAction = "Look at the traffic with Get-MlTraffic and set it again where it is still meant so.",
            };
        }
    }

    private async Task<Dictionary<string, string>> CheckNamesAsync(
        MlTrafficChange change, TrafficPlan plan, MlTrafficMap live, MlTrafficMap mirror, CancellationToken cancellationToken)
    {
        Dictionary<string, string> spelling = new(StringComparer.OrdinalIgnoreCase);
        IEnumerable<string> named = (change.Traffic?.Pairs() ?? []).Concat(change.MirrorTraffic?.Pairs() ?? []).Select(pair => pair.Key);
        if (change.DeploymentName is { } single)
        {
            named = named.Append(single);
        }

        foreach (string name in live.Pairs().Concat(mirror.Pairs()).Select(pair => pair.Key))
        {
            spelling.TryAdd(name, name);
        }

        // A name that the endpoint's own maps do not hold may not exist, whatever its weight; one that gets its first traffic must have succeeded.
        string[] toRead = [.. named.Where(name => !spelling.ContainsKey(name)).Concat(plan.Newcomers(live, mirror)).Distinct(StringComparer.OrdinalIgnoreCase)];
        MlDeployment[] found = await Task.WhenAll(
            toRead.Select(name => connection.DeploymentCalls.ReadAsync(change.EndpointName, name, cancellationToken))).ConfigureAwait(false);
        foreach (MlDeployment deployment in found)
        {
            spelling[deployment.Name] = deployment.Name;
            bool takes = plan.Live.WeightOf(deployment.Name) > 0 || plan.Mirror.WeightOf(deployment.Name) > 0;
            if (takes && deployment.ProvisioningState != MlProvisioningState.Succeeded)
            {
                throw new MlValidationException(
                    MlErrorIds.DeploymentNotReady,
                    $"Deployment {deployment.Name} of {connection.EndpointCalls.Describe(change.EndpointName)} is in state {deployment.ProvisioningState} and not Succeeded, so it cannot take traffic. Nothing was changed.",
                    MlErrorCategory.InvalidOperation)
                {
                    Target = deployment,
                    RecommendedAction = deployment.ProvisioningState is MlProvisioningState.Failed or MlProvisioningState.Canceled
                        ? "Read its log with Get-MlDeploymentLog and make it again with New-MlDeployment -IfExists ReplaceFailed."
                        : "Wait for it with Wait-MlDeployment.",
                };
            }
        }

        return spelling;
    }

    private async Task<MlTraffic> VerifyAsync(string endpointName, EndpointWriter.Result result, CancellationToken cancellationToken)
    {
        MlTrafficMap sentLive = EndpointMapping.ReadMap(result.Sent, "traffic");
        MlTrafficMap sentMirror = EndpointMapping.ReadMap(result.Sent, "mirrorTraffic");
        JsonObject? read = result.Outcome!.Resource
            ?? await connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(endpointName).GetIfExistsAsync(cancellationToken).ConfigureAwait(false);
        string where = connection.EndpointCalls.Describe(endpointName);
        if (read is null)
        {
            throw new MlConflictException(MlErrorIds.ResourceConflict, $"The {where} was deleted while its traffic was being set.") { Target = endpointName };
        }

        MlTrafficMap live = EndpointMapping.ReadMap(read, "traffic");
        MlTrafficMap mirror = EndpointMapping.ReadMap(read, "mirrorTraffic");
        MlTraffic traffic = ToTraffic(endpointName, live, mirror);
        if (!result.Outcome.IsSuccess)
        {
            MlException cause = ServiceErrors.FromOperation(
                MlErrorIds.EndpointFailed, $"Setting traffic of {where}", result.Outcome.State, result.Outcome.Error, result.Outcome.CorrelationId, traffic, []);
            throw new MlOperationException(MlErrorIds.EndpointFailed, cause.Category, $"{cause.Message} The weights read back are '{live}' (mirror '{mirror}').", cause)
            {
                Target = traffic,
                ServiceErrorCode = cause.ServiceErrorCode,
                CorrelationId = cause.CorrelationId,
                RawBody = cause.RawBody,
                RecommendedAction = "Look at the traffic with Get-MlTraffic before going on.",
            };
        }

        if (live.HasSameWeights(sentLive) && mirror.HasSameWeights(sentMirror))
        {
            EndpointMapping.AddZeros(live, sentLive.Pairs().Select(pair => pair.Key));
            return traffic;
        }

        bool unchanged = live.HasSameWeights(result.Before.Live) && mirror.HasSameWeights(result.Before.Mirror);
        if (unchanged)
        {
            throw new MlServiceException(
                MlErrorIds.TrafficNotVerified,
                MlErrorCategory.InvalidResult,
                $"The service accepted the weights '{sentLive}' for {where}, but the weights read back are still '{live}' (mirror '{mirror}').")
            {
                Target = traffic,
                RecommendedAction = "Look at the traffic with Get-MlTraffic and set it again.",
            };
        }

        throw new MlConflictException(
            MlErrorIds.ResourceConflict,
            $"Another writer changed the traffic of {where} at the same time: '{sentLive}' (mirror '{sentMirror}') was set and accepted, and '{live}' (mirror '{mirror}') was found after it. What is there now is the other writer's; this call does not overwrite it.")
        {
            Target = traffic,
            RecommendedAction = "Look at the traffic with Get-MlTraffic, agree with the other writer, and set it again where needed.",
        };
    }

    private MlTraffic ToTraffic(string endpointName, MlTrafficMap live, MlTrafficMap mirror) => new()
    {
        EndpointName = endpointName,
        WorkspaceName = connection.Workspace.Name,
        ConnectionId = connection.Workspace.ConnectionId,
        Traffic = live,
        MirrorTraffic = mirror,
    };
}
