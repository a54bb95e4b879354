using System.Text.Json;

namespace MlflowRollout.OfficialClients.IntegrationTests;

/// <summary>An error as a user of an official client sees it.</summary>
/// <param name="Type">Name of the error's class.</param>
/// <param name="Status">HTTP status; null where the client gives none.</param>
/// <param name="Code">The service's code; null where the client gives none.</param>
/// <param name="Message">The message.</param>
/// <param name="Details">Messages of the nested errors.</param>
internal sealed record ClientError(string Type, int? Status, string? Code, string Message, IReadOnlyList<string> Details)
{
    /// <summary>Reads what a driver printed.</summary>
    public static ClientError From(JsonElement error) => new(
        error.GetProperty("type").GetString()!,
        error.GetProperty("status") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null,
        error.GetProperty("code").ToString() is { Length: > 0 } code ? code : null,
        error.GetProperty("message").GetString()!,
        [.. error.GetProperty("details").EnumerateArray().Select(static detail => detail.GetProperty("message").GetString()!)]);
}
