using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>Keys and tokens of endpoints.</summary>
internal sealed class EndpointCredentialRoutes(EmulatorContext context, OperationRunner runner, EndpointTokens tokens)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("POST", ArmPaths.Endpoint + "/listKeys", ListKeys),
        new("POST", ArmPaths.Endpoint + "/regenerateKeys", RegenerateAsync),
        new("POST", ArmPaths.Endpoint + "/token", Token),
    ];

    private Task<ArmReply> ListKeys(ArmRequest request)
    {
        ResourceRecord endpoint = EndpointLookup.Require(context, request);
        RequireMode(endpoint, keys: true);
        EndpointKeys keys = context.Database.Read(connection => EndpointKeyTable.Find(connection, endpoint.Key)) ?? throw EndpointLookup.Missing(endpoint.Name);
        return Task.FromResult(ArmReply.Ok(new JsonObject { ["primaryKey"] = keys.Primary, ["secondaryKey"] = keys.Secondary }));
    }

    private async Task<ArmReply> RegenerateAsync(ArmRequest request)
    {
        JsonObject source = await request.ReadObjectAsync();
        string? type = source.OptionalText("keyType", "keyType");
        bool primary = "Primary".Equals(type, StringComparison.OrdinalIgnoreCase);
        if (!primary && !"Secondary".Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            throw ArmErrors.InvalidContent($"The request content was invalid: 'keyType' must be Primary or Secondary, not '{type}'.", "keyType");
        }

        string? asked = source.OptionalText("keyValue", "keyValue");
        string? fault = FaultBoard.ForOperation(request.Http);
        OperationRecord operation = await context.Database.WriteAsync(
            connection =>
            {
                ResourceRecord endpoint = EndpointLookup.Require(connection, request.Route("endpoint"));
                RequireMode(endpoint, keys: true);
                EndpointLookup.RefuseWhileBusy(endpoint, "regenerate the keys of");
                EndpointKeys keys = EndpointKeyTable.Find(connection, endpoint.Key) ?? throw EndpointLookup.Missing(endpoint.Name);

                // One official client sends the present key along when it wants another; that is no wish to keep it.
                string next = string.IsNullOrEmpty(asked) || asked == (primary ? keys.Primary : keys.Secondary) ? EndpointKeyMaker.New() : asked;
                EndpointKeyTable.Set(connection, endpoint.Key, primary ? keys with { Primary = next } : keys with { Secondary = next });
                OperationRecord operation = new(
                    OperationLinks.NewId(context, OperationKind.KeyRegeneration),
                    OperationKind.KeyRegeneration,
                    endpoint.Key,
                    null,
                    ProvisioningStates.Updating,
                    State.OperationStatus.Running,
                    context.Now,
                    Fault: fault);
                ResourceTable.Update(connection, endpoint with { State = ProvisioningStates.Updating, Operation = operation.Id, ModifiedAt = context.Now });
                OperationTable.Insert(connection, operation);
                return operation;
            },
            request.Aborted);
        runner.Start(operation);
        return ArmReply.Empty(202) with { Headers = OperationLinks.ForAccepted(context, operation.Id, request.ApiVersion) };
    }

    private Task<ArmReply> Token(ArmRequest request)
    {
        ResourceRecord endpoint = EndpointLookup.Require(context, request);
        RequireMode(endpoint, keys: false);
        (string token, DateTimeOffset expires, DateTimeOffset refreshAfter) = tokens.Issue(endpoint.Name, context.Identity.WorkspaceId.ToString("D"));
        return Task.FromResult(ArmReply.Ok(new JsonObject
        {
            ["accessToken"] = token,
            ["tokenType"] = "Bearer",
            ["expiryTimeUtc"] = expires.ToUnixTimeSeconds(),
            ["refreshAfterTimeUtc"] = refreshAfter.ToUnixTimeSeconds(),
        }));
    }

    private static void RequireMode(ResourceRecord endpoint, bool keys)
    {
        string mode = endpoint.Properties["authMode"]!.GetValue<string>();
        if ((mode == "Key") != keys)
        {
            throw keys
                ? ArmErrors.UserError($"Endpoint {endpoint.Name} authenticates by {mode} and has no keys. Ask for a token.", endpoint.Name)
                : ArmErrors.UserError($"Endpoint {endpoint.Name} authenticates by key and has no tokens. List its keys.", endpoint.Name);
        }
    }
}
