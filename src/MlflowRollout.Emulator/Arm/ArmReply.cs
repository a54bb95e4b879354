using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>An answer of the control plane.</summary>
internal sealed record ArmReply(int Status, JsonNode? Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether there is a body at all; a null body of a 202 is the text <c>null</c>.</summary>
    public bool HasBody { get; init; } = true;

    public static ArmReply Ok(JsonNode body) => new(200, body);

    public static ArmReply Empty(int status) => new(status, null) { HasBody = false };
}
