using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>
/// <c>Enabled</c> or <c>Disabled</c>. As with all enumerations the casing of a request does not matter: azure-ai-ml passes on what a definition file says,
/// <c>enabled</c>. The answer has the API's.
/// </summary>
internal static class NetworkAccess
{
    private static readonly string[] Values = ["Enabled", "Disabled"];

    /// <summary>Reads and checks a member; where it is absent, access is enabled.</summary>
    public static string Read(JsonObject sent, string member, List<(string Field, string Reason)> errors)
    {
        string asked = sent.OptionalText(member, $"properties.{member}") ?? Values[0];
        if (Array.Find(Values, value => value.Equals(asked, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known;
        }

        errors.Add(($"{char.ToUpperInvariant(member[0])}{member[1..]}", $"The {member} '{asked}' must be Enabled or Disabled."));
        return asked;
    }
}
