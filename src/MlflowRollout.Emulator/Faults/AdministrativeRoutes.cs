using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Faults;

/// <summary>
/// <c>/emulator/faults</c>, <c>/emulator/requests</c>, <c>/emulator/operations</c> and <c>/emulator/shutdown</c>: the emulator's own switches, behind the same bearer token.
/// </summary>
internal sealed class AdministrativeRoutes(FaultBoard faults, RequestJournal journal, Database database, IHostApplicationLifetime lifetime)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("GET", "emulator/faults", _ => Task.FromResult(ArmReply.Ok(Describe()))),
        new("PUT", "emulator/faults", ReplaceAsync),
        new("DELETE", "emulator/faults", _ => Clear()),
        new("GET", "emulator/requests", _ => Task.FromResult(ArmReply.Ok(journal.ToJson()))),
        new("DELETE", "emulator/requests", _ => Forget()),
        new("GET", "emulator/operations", _ => Task.FromResult(ArmReply.Ok(Operations()))),
        new("POST", "emulator/shutdown", _ => Shutdown()),
    ];

    private async Task<ArmReply> ReplaceAsync(ArmRequest request)
    {
        JsonObject body = await request.ReadObjectAsync();
        if (body.Member("faults") is not JsonArray list)
        {
            throw ArmJson.WrongType("faults", "an array of faults");
        }

        faults.Replace(list.Select((entry, index) =>
            FaultRule.Parse(entry as JsonObject ?? throw ArmJson.WrongType($"faults[{index}]", "an object"), index)).ToList());
        return ArmReply.Ok(Describe());
    }

    private Task<ArmReply> Clear()
    {
        faults.Replace([]);
        return Task.FromResult(ArmReply.Empty(204));
    }

    private Task<ArmReply> Forget()
    {
        journal.Clear();
        return Task.FromResult(ArmReply.Empty(204));
    }

    // The way to end it gracefully where there is no SIGTERM. The answer goes out before the drain ends.
    private Task<ArmReply> Shutdown()
    {
        lifetime.StopApplication();
        return Task.FromResult(ArmReply.Empty(202));
    }

    // What was begun, rather than what was asked: a request that is repeated must not begin anything twice.
    private JsonObject Operations() => new()
    {
        ["operations"] = new JsonArray(
        [
            .. database.Read(OperationTable.ListAll).Select(operation => (JsonNode)new JsonObject
            {
                ["id"] = operation.Id,
                ["kind"] = operation.Kind.ToString(),
                ["endpoint"] = operation.Endpoint,
                ["deployment"] = operation.Deployment,
                ["status"] = operation.Status.ToString(),
            }),
        ]),
    };

    private JsonObject Describe() => new() { ["faults"] = new JsonArray([.. faults.Rules.Select(rule => (JsonNode)rule.ToJson())]) };
}
