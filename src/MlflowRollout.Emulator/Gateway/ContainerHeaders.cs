using Microsoft.Extensions.Primitives;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>Headers of the inference server in the container, which the front door passes through both ways.</summary>
internal static class ContainerHeaders
{
    /// <summary>The server's own limit for ids that are sent to it.</summary>
    private const int LongestId = 100;

    private const string RequestIdHeader = "x-ms-request-id";
    private const string ServerVersionHeader = "x-ms-server-version";
    private const string TraceHeader = "TraceId";

    private static readonly StringValues ServerVersion = "azmlinfsrv/1.5.0";
    private static readonly byte[] TooLong = """{"message":"x-ms-request-id and x-ms-client-request-id must not exceed 100 characters"}"""u8.ToArray();

    /// <summary>What the server refuses before anything else; null where there is nothing to refuse.</summary>
    /// <remarks>The front door replaces x-request-id and cuts x-ms-client-request-id, so of the three ids this one alone can be too long.</remarks>
    public static DirectAnswer? Refusal(HttpContext context) =>
        context.Request.Headers.TryGetValue(RequestIdHeader, out var id) && id.ToString().Length > LongestId
            ? new DirectAnswer(431, "Request Header Fields Too Large", TooLong, GatewayAnswer.Json)
            : null;

    /// <summary>Writes what each answer of the server has. The common headers of the front door are written by now.</summary>
    public static void Write(HttpContext context)
    {
        var sent = context.Request.Headers;
        var headers = context.Response.Headers;
        headers[ServerVersionHeader] = ServerVersion;

        // Deprecated, and always there: the id that was sent under this name, else the client's id, else the request's.
        if (sent.TryGetValue(RequestIdHeader, out var id) && id.Count > 0 && Hosting.HeaderText.IsSafe(id.ToString()))
        {
            if (id.ToString().Length <= LongestId)
            {
                headers[RequestIdHeader] = id;
                if (!headers.ContainsKey(GatewayAnswer.ClientRequestIdHeader))
                {
                    headers[GatewayAnswer.ClientRequestIdHeader] = id;
                }
            }
        }
        else
        {
            headers[RequestIdHeader] = headers.TryGetValue(GatewayAnswer.ClientRequestIdHeader, out var client) ? client : headers[GatewayAnswer.RequestIdHeader];
        }

        if (sent.TryGetValue(TraceHeader, out var trace) && Hosting.HeaderText.IsSafe(trace.ToString()))
        {
            headers[TraceHeader] = trace;
        }
    }
}
