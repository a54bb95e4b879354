using System.Management.Automation;

namespace MlflowRollout.Commands;

/// <summary>Tells rows from what people pipe by mistake.</summary>
internal static class RowInput
{
    /// <summary>The JSON text of an item that is a whole request: text, or a request made by <c>ConvertTo-MlModelRequest</c>. Null for everything else.</summary>
    internal static string? Body(PSObject item) => item.BaseObject switch
    {
        string text => text,
        MlModelRequest request => request.Body,
        PSCustomObject when item.TypeNames.Contains("Deserialized." + typeof(MlModelRequest).FullName) => item.Properties["Body"]?.Value?.ToString(),
        _ => null,
    };

    /// <summary>The error for an item that cannot be a row, with the command that was meant; null when it can.</summary>
    /// <param name="item">What was piped.</param>
    /// <param name="command">Command that got it.</param>
    internal static MlValidationException? Problem(PSObject item, string command) => item.BaseObject switch
    {
        PSCustomObject => Deserialized(item, command),
        FileSystemInfo file => File(file.FullName, item),
        MlResource or MlTraffic or MlWorkspace or MlEndpointKey => Resource(item.BaseObject.GetType().Name, item, command),
        string => Refuse(item, "A text is no row.", $"Pipe objects, as Import-Csv gives them, or hashtables to {command}."),
        Array or ValueType => Refuse(
            item, $"'{item}' is no row: a value of type {item.BaseObject.GetType().Name} has no named columns.", $"Pipe objects, as Import-Csv gives them, or hashtables to {command}."),
        _ => null,
    };

    private static MlValidationException? Deserialized(PSObject item, string command)
    {
        const string Prefix = "Deserialized.";
        string type = item.TypeNames.Count > 0 ? item.TypeNames[0] : string.Empty;
        return type.StartsWith(Prefix + "System.IO.", StringComparison.Ordinal) ? File(item.Properties["FullName"]?.Value?.ToString() ?? item.ToString(), item)
            : type.StartsWith(Prefix + "MlflowRollout.", StringComparison.Ordinal) ? Resource(type[(type.LastIndexOf('.') + 1)..], item, command)
            : null;
    }

    private static MlValidationException File(string path, PSObject item) => Refuse(
        item, $"'{path}' is a file, not a row.",
        $"For a request in JSON: $endpoint | Invoke-MlEndpoint -RequestFile '{path}'. For the rows of a CSV file: Import-Csv '{path}' | Invoke-MlEndpoint -Endpoint $endpoint.");

    private static MlValidationException Resource(string type, PSObject item, string command) => Refuse(
        item, $"'{item}' is an {type}, not a row.",
        command == "Invoke-MlEndpoint"
            ? "To choose who is asked and send a request: $endpoint | Invoke-MlEndpoint -RequestFile <file> (or -Body, -Table). To send rows: $rows | Invoke-MlEndpoint -Endpoint $endpoint."
            : $"Pipe rows, and say whose they are: $rows | {command} -Endpoint $endpoint (or -Model $model).");

    private static MlValidationException Refuse(PSObject item, string message, string action) =>
        new(MlErrorIds.RowInvalid, message) { Target = item, RecommendedAction = action };
}
