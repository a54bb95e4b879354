using System.Text.Json;

namespace MlflowRollout.OfficialClients.IntegrationTests;

/// <summary>Short ways to what a driver printed.</summary>
internal static class JsonReading
{
    /// <summary>A text member; empty where it is null.</summary>
    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString() ?? string.Empty;

    /// <summary>A list of texts.</summary>
    public static string[] Texts(this JsonElement element) => [.. element.EnumerateArray().Select(static item => item.GetString()!)];

    /// <summary>A member as JSON without white space.</summary>
    public static string Compact(this JsonElement element, string member) => JsonSerializer.Serialize(element.GetProperty(member));
}
