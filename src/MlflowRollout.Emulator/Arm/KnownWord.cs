using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>Members that have one of a few words. Clients send them in casings of their own; the service answers in its.</summary>
internal static class KnownWord
{
    /// <summary>The word in the service's casing, or the first where none is sent; another one becomes an error of the list.</summary>
    /// <param name="path">Path of the member in the request.</param>
    /// <param name="field">Its name in the problem document.</param>
    public static string Read(JsonObject source, string member, string path, string field, string[] known, List<(string Field, string Reason)> errors)
    {
        string asked = source.OptionalText(member, path) ?? known[0];
        string? found = Array.Find(known, word => word.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            errors.Add((field, $"The {member} '{asked}' must be one of {string.Join(", ", known)}."));
        }

        return found ?? asked;
    }
}
