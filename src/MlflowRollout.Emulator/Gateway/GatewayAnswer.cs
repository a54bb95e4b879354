using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>Headers and plain-text bodies of the front door.</summary>
internal static class GatewayAnswer
{
    public const string Json = "application/json";
    public const string Text = "text/plain";

    public const string DeploymentHeader = "azureml-model-deployment";
    public const string ClientRequestIdHeader = "x-ms-client-request-id";
    public const string RequestIdHeader = "X-Request-ID";
    private const string ExecutionHeader = "x-ms-run-fn-exec-ms";
    private const string FunctionFailedHeader = "x-ms-run-function-failed";
    private const string ModelStatusHeader = "ms-azureml-model-error-statuscode";
    private const string ModelReasonHeader = "ms-azureml-model-error-reason";
    private const int LongestClientRequestId = 40;

    public static readonly byte[] AccessDenied = "key_auth_access_denied"u8.ToArray();
    public static readonly byte[] TokenDenied = "token_auth_access_denied"u8.ToArray();
    public static readonly byte[] RequestTimeout = "upstream request timeout"u8.ToArray();
    public static readonly byte[] TooManyRequests = "Too many pending requests. The deployment is already processing its limit of 2 * max_concurrent_requests_per_instance * instance_count requests."u8.ToArray();
    public static readonly byte[] NoUpstream = "no healthy upstream"u8.ToArray();

    private static readonly StringValues ServerName = "azureml-frontdoor";
    private static readonly StringValues True = "True";
    private static readonly StringValues False = "False";

    /// <summary>Headers that every answer of the front door carries.</summary>
    public static void WriteCommonHeaders(HttpContext context, IRandomSource random)
    {
        var headers = context.Response.Headers;
        headers.Server = ServerName;
        headers[RequestIdHeader] = NewRequestId(random);
        if (context.Request.Headers.TryGetValue(ClientRequestIdHeader, out var given) && CleanClientRequestId(given.ToString()) is { } clean)
        {
            headers[ClientRequestIdHeader] = clean;
        }
    }

    /// <summary>Headers of what the container answered.</summary>
    /// <param name="execution">How long the scoring function ran; null where it did not.</param>
    public static void WriteModelHeaders(HttpContext context, string deployment, string? execution, bool functionFailed)
    {
        var headers = context.Response.Headers;
        ContainerHeaders.Write(context);
        headers[DeploymentHeader] = deployment;
        if (execution is not null)
        {
            headers[ExecutionHeader] = execution;
        }

        headers[FunctionFailedHeader] = functionFailed ? True : False;
    }

    public static void WriteModelError(IHeaderDictionary headers, int status, string reason)
    {
        headers[ModelStatusHeader] = status.ToString(CultureInfo.InvariantCulture);
        headers[ModelReasonHeader] = reason;
    }

    public static ValueTask WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return ValueTask.CompletedTask;
        }

        var written = response.BodyWriter.WriteAsync(body);
        return written.IsCompletedSuccessfully ? ValueTask.CompletedTask : FlushedAsync(written);
    }

    public static byte[] NoDeployment(string endpoint)
        => Encoding.UTF8.GetBytes($"The endpoint '{endpoint}' has no valid deployment with positive weight.");

    public static byte[] UnknownDeployment(string endpoint, string deployment)
        => Encoding.UTF8.GetBytes($"The endpoint '{endpoint}' has no deployment '{deployment}', which the header {DeploymentHeader} asks for.");

    public static byte[] UnknownEndpoint(string endpoint)
        => Encoding.UTF8.GetBytes($"There is no online endpoint '{endpoint}'.");

    /// <summary>Letters, digits, hyphen and underscore pass; what is longer than 40 is cut.</summary>
    private static string? CleanClientRequestId(string given)
    {
        if (given.Length > LongestClientRequestId)
        {
            given = given[..LongestClientRequestId];
        }

        foreach (var c in given)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return null;
            }
        }

        return given.Length == 0 ? null : given;
    }

    private static string NewRequestId(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    private static async ValueTask FlushedAsync(ValueTask<System.IO.Pipelines.FlushResult> written) => await written.ConfigureAwait(false);
}
