using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>One request to the control plane, as handlers see it.</summary>
internal sealed class ArmRequest(HttpContext http, IReadOnlyDictionary<string, string> route, string apiVersion)
{
    /// <summary>Documents of the control plane are small; a larger one is a mistake.</summary>
    private const int LargestBody = 4 * 1024 * 1024;

    public HttpContext Http { get; } = http;

    public string ApiVersion { get; } = apiVersion;

    public CancellationToken Aborted => Http.RequestAborted;

    public string Route(string name) => route[name];

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public bool? QueryFlag(string name) => Query(name) switch
    {
        null or "" => null,
        { } text when bool.TryParse(text, out bool flag) => flag,
        { } text => throw ArmErrors.InvalidContent($"The query parameter '{name}' must be true or false, not '{text}'.", name),
    };

    public int? QueryInteger(string name) => Query(name) switch
    {
        null or "" => null,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 => number,
        { } text => throw ArmErrors.InvalidContent($"The query parameter '{name}' must be a whole number above 0, not '{text}'.", name),
    };

    /// <summary>The body as an object; an empty body is a refusal.</summary>
    public async Task<JsonObject> ReadObjectAsync() =>
        await ReadOptionalObjectAsync() ?? throw ArmErrors.InvalidContent("The request content was invalid: the body is empty, and a JSON object is expected.");

    /// <summary>The body as an object, or null where there is none.</summary>
    public async Task<JsonObject?> ReadOptionalObjectAsync()
    {
        using MemoryStream buffer = new();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await Http.Request.Body.ReadAsync(chunk, Aborted)) > 0)
        {
            if (buffer.Length + read > LargestBody)
            {
                throw new ArmException(413, "RequestTooLarge", "The request content is larger than 4 MiB.");
            }

            buffer.Write(chunk, 0, read);
        }

        if (buffer.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(
                buffer.GetBuffer().AsSpan(0, (int)buffer.Length),
                documentOptions: new JsonDocumentOptions { MaxDepth = 64 }) switch
            {
                null => null,
                JsonObject document => WithoutDuplicates(document),
                _ => throw ArmErrors.InvalidContent("The request content was invalid: the body must be a JSON object."),
            };
        }
        catch (JsonException exception)
        {
            throw ArmErrors.InvalidContent($"The request content was invalid and could not be deserialized: {exception.Message}");
        }
    }

    private static JsonObject WithoutDuplicates(JsonObject document)
    {
        try
        {
            // Members are read lazily, and a doubled name is only found then: find it here, not in the middle of a handler.
            Touch(document);
            return document;
        }
        catch (ArgumentException)
        {
            throw ArmErrors.InvalidContent("The request content was invalid: an object in it has the same member twice.");
        }
    }

    private static void Touch(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach ((_, JsonNode? value) in members)
            {
                Touch(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                Touch(item);
            }
        }
    }
}
