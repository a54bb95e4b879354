using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;

namespace MlflowRollout.Engine.Errors;

/// <summary>
/// An error of the control plane, unwrapped: the service puts the cause into nested <c>details</c>, into a JSON problem inside a message, or before an
/// internal stack trace.
/// </summary>
internal sealed class ServiceErrorBody
{
    private const string DetailMarker = "error detail:";
    private const string StackMarker = "internal stacktrace";
    private const int DeepestLevel = 10;

    private readonly List<string> _codes = [];
    private readonly List<string> _reasons = [];

    private ServiceErrorBody()
    {
    }

    /// <summary>The outermost code.</summary>
    public string? Code => _codes.Count > 0 ? _codes[0] : null;

    /// <summary>All codes, the outermost first.</summary>
    public IReadOnlyList<string> Codes => _codes;

    /// <summary>The cause in one line.</summary>
    public string Message { get; private set; } = string.Empty;

    /// <summary>The id of the request for the service's support, where the body has it.</summary>
    public string? Correlation { get; private set; }

    /// <summary>Reads an answer's body, which may hold <c>{"error": …}</c>, an error, a problem document or plain text.</summary>
    public static ServiceErrorBody Read(string body)
    {
        ServiceErrorBody error = new();
        if (JsonBody.TryParseObject(body) is { } parsed)
        {
            error.Collect(parsed.Object("error") ?? parsed, 0);
        }
        else
        {
            error.Add(body);
        }

        error.Finish();
        return error;
    }

    /// <summary>Reads the error of an operation.</summary>
    public static ServiceErrorBody Read(JsonObject body)
    {
        ServiceErrorBody error = new();
        error.Collect(body, 0);
        error.Finish();
        return error;
    }

    private void Collect(JsonObject error, int level)
    {
        if (level > DeepestLevel)
        {
            return;
        }

        if (error.Text("code") is { Length: > 0 } code)
        {
            _codes.Add(code);
        }

        bool problem = CollectProblem(error);
        string? message = error.Text("message");
        if (message is not null)
        {
            CollectMessage(message, level);
        }
        else if (!problem && error.Text("title") is { } title)
        {
            Add(title);
        }

        foreach (JsonNode? detail in error.Member("details") as JsonArray ?? [])
        {
            if (detail is JsonObject inner)
            {
                Collect(inner, level + 1);
            }
        }

        if (error.Object("innererror") is { } innerError && innerError.Text("message") is not null)
        {
            Collect(innerError, level + 1);
        }

        foreach (JsonNode? entry in error.Member("additionalInfo") as JsonArray ?? [])
        {
            CollectAdditional(entry as JsonObject);
        }
    }

    private void CollectAdditional(JsonObject? entry)
    {
        JsonObject? info = entry.Object("info");
        switch (entry.Text("type"))
        {
            case "Correlation":
                Correlation ??= info.Object("value").Text("operation") ?? info.Object("value").Text("request");
                break;
            case "InnerError":
                // Codes alone, the innermost last; the outermost are those of the error itself.
                JsonObject? inner = info.Object("value");
                for (int level = 0; inner is not null && level < DeepestLevel; level++, inner = inner.Object("innerError"))
                {
                    if (inner.Text("code") is { Length: > 0 } code && !_codes.Contains(code, StringComparer.OrdinalIgnoreCase))
                    {
                        _codes.Add(code);
                    }
                }

                break;
        }
    }

    private void CollectMessage(string message, int level)
    {
        int brace = message.IndexOf('{', StringComparison.Ordinal);
        int marker = message.IndexOf(DetailMarker, StringComparison.OrdinalIgnoreCase);
        if (marker >= 0)
        {
            brace = message.IndexOf('{', marker);
        }

        if (brace >= 0 && ReadTail(message[brace..]) is { } tail)
        {
            int before = _reasons.Count;
            Collect(tail.Object("error") ?? tail, level + 1);
            if (_reasons.Count > before)
            {
                return;
            }
        }

        Add(message);
    }

    // The object that a text begins with, whatever follows it.
    private static JsonObject? ReadTail(string text)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
        try
        {
            return JsonNode.Parse(ref reader) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // An ASP.NET problem document: field to reasons. The empty field concerns the whole request.
    private bool CollectProblem(JsonObject problem)
    {
        if (problem.Object("errors") is not { Count: > 0 } errors)
        {
            return false;
        }

        foreach ((string field, JsonNode? reasons) in errors)
        {
            IEnumerable<string?> texts = reasons is JsonArray list ? list.Select(JsonBody.AsText) : [reasons.AsText()];
            foreach (string reason in texts.OfType<string>())
            {
                Add(field.Length == 0 ? reason : $"{field}: {reason}");
            }
        }

        return true;
    }

    private void Add(string reason)
    {
        int stack = reason.IndexOf(StackMarker, StringComparison.OrdinalIgnoreCase);
        if (stack >= 0)
        {
            reason = reason[..stack];
        }

        int trace = reason.IndexOf("\n   at ", StringComparison.Ordinal);
        if (trace >= 0)
        {
            reason = reason[..trace];
        }

        reason = SecretScrubber.Scrub(reason.Trim().TrimEnd(',', ' ').ReplaceLineEndings(" "));
        if (reason.Length > 0 && !_reasons.Contains(reason, StringComparer.Ordinal))
        {
            _reasons.Add(reason);
        }
    }

    private void Finish()
    {
        // The outer message of a wrapped error says only that there is one.
        List<string> telling = _reasons.Count > 1
            ? [.. _reasons.Where(reason => !IsEmptyPhrase(reason))]
            : _reasons;
        Message = string.Join(" ", (telling.Count > 0 ? telling : _reasons.Take(1)).Select(EndWithStop));
    }

    private static bool IsEmptyPhrase(string reason) =>
        reason.StartsWith("The request is invalid", StringComparison.OrdinalIgnoreCase)
        || reason.StartsWith("One or more validation errors", StringComparison.OrdinalIgnoreCase)
        || reason.StartsWith("The specified resource was not found", StringComparison.OrdinalIgnoreCase)
        || reason.Equals("Not Found", StringComparison.OrdinalIgnoreCase)
        || reason.Equals("Bad Request", StringComparison.OrdinalIgnoreCase);

    private static string EndWithStop(string reason) => reason[^1] is '.' or '!' or '?' ? reason : reason + ".";
}
