using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>A refusal in the shape that ARM answers have.</summary>
internal sealed class ArmException : Exception
{
    public ArmException(int status, string code, string message, string? target = null, JsonArray? details = null, JsonArray? additionalInfo = null)
        : base(message)
    {
        Status = status;
        Code = code;
        Target = target;
        Details = details;
        AdditionalInfo = additionalInfo;
    }

    public int Status { get; }

    public string Code { get; }

    public string? Target { get; }

    public JsonArray? Details { get; }

    public JsonArray? AdditionalInfo { get; }

    /// <summary>Seconds that the client is asked to wait; only ever set with 429 and 503.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Azure Monitor answers code and message alone, without the envelope.</summary>
    public bool IsBare { get; init; }

    public JsonObject ToJson()
    {
        if (IsBare)
        {
            return new JsonObject { ["code"] = Code, ["message"] = Message };
        }

        JsonObject error = new() { ["code"] = Code, ["message"] = Message };
        if (Target is not null)
        {
            error["target"] = Target;
        }

        error["details"] = Details?.DeepClone() ?? new JsonArray();

        // A null here makes one of the official clients lose the whole error: there is always an array.
        error["additionalInfo"] = AdditionalInfo?.DeepClone() ?? new JsonArray(Info("ComponentName", "managementfrontend"));
        return new JsonObject { ["error"] = error };
    }

    public static JsonObject Info(string type, JsonNode value) => new() { ["type"] = type, ["info"] = new JsonObject { ["value"] = value } };
}
