using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;

namespace MlflowRollout.Emulator.Faults;

/// <summary>
/// <c>/emulator/faults</c>, <c>/emulator/requests</c> and <c>/emulator/shutdown</c>: the emulator's own switches, behind the same bearer token.
/// </summary>
internal sealed class AdministrativeRoutes(FaultBoard faults, RequestJournal journal, IHostApplicationLifetime lifetime)
{
    public IEnumerable<ArmRoute> All =>
    [
        new("GET", "emulator/faults", _ => Task.FromResult(ArmReply.Ok(Describe()))),
        new("PUT", "emulator/faults", ReplaceAsync),
        new("DELETE", "emulator/faults", _ => Clear()),
        new("GET", "emulator/requests", _ => Task.FromResult(ArmReply.Ok(journal.ToJson()))),
        new("DELETE", "emulator/requests", _ => Forget()),
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

    private JsonObject Describe() => new() { ["faults"] = new JsonArray([.. faults.Rules.Select(rule => (JsonNode)rule.ToJson())]) };
}
