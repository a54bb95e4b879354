using System.Text.Json;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Reads the body of a scoring request: <c>{"input_data": …, "params": …}</c>.</summary>
internal static class RequestReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads the input, and then the parameters.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="contentType">Its media type; null where nobody sent the body over HTTP, empty where none was sent along.</param>
    /// <param name="input">Takes <c>input_data</c>.</param>
    /// <param name="parameters">Takes <c>params</c>.</param>
    /// <exception cref="InputException">The body is not a request that this model takes.</exception>
    public static void Read(ReadOnlySpan<byte> body, string? contentType, IInputReader input, ParameterValues parameters)
    {
        if (!IsJson(contentType))
        {
            throw new InputException("Expects Content-Type to be application/json", malformed: true, unsupported: true);
        }

        input.Reset();
        parameters.Reset();
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(body), Options);
            if (ReadBody(ref reader, input, parameters))
            {
                parameters.Require();
                return;
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new InputException(
                body.IsEmpty
                    ? "The request has no body. Expected JSON with a top level key named 'input_data'."
                    : $"The request body is not valid JSON: {failure.Message}",
                malformed: true);
        }

        throw new InputException("Request must contain a top level key named 'input_data'");
    }

    private static bool ReadBody(ref Utf8JsonReader reader, IInputReader input, ParameterValues parameters)
    {
        var found = false;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // Valid JSON of another kind, or not JSON at all: the second is found by reading on.
            reader.Skip();
            reader.Read();
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!reader.ValueTextEquals("input_data"u8))
            {
                var named = reader.ValueTextEquals("params"u8);
                reader.Read();
                if (named)
                {
                    parameters.Read(ref reader);
                }
                else
                {
                    reader.Skip();
                }

                continue;
            }

            reader.Read();
            if (found)
            {
                input.Reset();
            }

            input.Read(ref reader);
            found = true;
        }

        // Throws where something follows.
        reader.Read();
        return found;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body)
        => body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static bool IsJson(string? contentType)
    {
        if (contentType is null)
        {
            return true;
        }

        var media = contentType.AsSpan();
        var parameters = media.IndexOf(';');
        media = (parameters < 0 ? media : media[..parameters]).Trim();
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (media.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }
}
