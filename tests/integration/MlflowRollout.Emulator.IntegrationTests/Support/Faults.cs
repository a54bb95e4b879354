using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>Faults as the administrative route takes them.</summary>
internal static class Faults
{
    public static JsonObject Of(string kind, string method, string path, Action<JsonObject>? more = null)
    {
        JsonObject fault = new() { ["kind"] = kind, ["method"] = method, ["path"] = path };
        more?.Invoke(fault);
        return fault;
    }
}
