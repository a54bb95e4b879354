using System.Security.Authentication;
using System.Text.Json;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Requests;

namespace MlflowRollout.Engine.Scoring;

/// <summary>Errors from answers that are no predictions.</summary>
internal static class ScoringErrors
{
    private const int LongestMessage = 1000;
    private const int LongestBody = 16 * 1024;

    /// <summary>The error that an outcome means.</summary>
    public static MlScoringException From(ScoringTarget target, ScoringReply reply)
    {
        string endpoint = $"Endpoint '{target.EndpointName}'";
        string deployment = (reply.Deployment ?? target.DeploymentName) is { } name ? $"deployment '{name}' of endpoint '{target.EndpointName}'" : $"endpoint '{target.EndpointName}'";
        string said = Message(reply) is { Length: > 0 } message ? $" It said: {message}" : string.Empty;
        string pin = target.DeploymentName is null ? string.Empty : $" for deployment '{target.DeploymentName}'";
        switch (reply.Status)
        {
            case 0 when reply.TimedOut:
                return Make(target, reply, MlErrorIds.ScoringTimedOut, MlErrorCategory.OperationTimeout,
                    $"{endpoint} did not answer within {reply.Latency.TotalSeconds:0.#} s.",
                    "Send fewer rows in a request, or allow more time.");
            case 0:
                return Unreachable(target, reply);
            case 401:
                return Make(target, reply, MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError,
                    $"{endpoint} refused the key or token (401).{said}",
                    "Get the current key with Get-MlEndpointKey, or connect again; a key may have been reset or a token expired.", terminating: true);
            case 403:
                return Make(target, reply, MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied,
                    $"{endpoint} does not allow this identity to score (403).{said}",
                    "The identity needs the action Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action, and the network must be allowed.", terminating: true);
            case 404 when target.DeploymentName is not null:
                return Make(target, reply, MlErrorIds.DeploymentNotFound, MlErrorCategory.ObjectNotFound,
                    $"{endpoint} has no deployment '{target.DeploymentName}' that takes requests (404).{said}",
                    "List the deployments with Get-MlDeployment.", terminating: true);
            case 404:
                return Make(target, reply, MlErrorIds.NoTraffic, MlErrorCategory.InvalidOperation,
                    $"{endpoint} has no deployment with traffic (404).{said}",
                    "Give a deployment traffic with Set-MlTraffic, or name one with -Deployment.", terminating: true);
            case 408:
                return Make(target, reply, MlErrorIds.ScoringTimedOut, MlErrorCategory.OperationTimeout,
                    $"The model of {deployment} took longer than the deployment's request time-out (408).{said}",
                    "Send fewer rows in a request, or raise the deployment's request time-out.");
            case 413:
                return Make(target, reply, MlErrorIds.RequestRefused, MlErrorCategory.LimitsExceeded,
                    $"{endpoint} refused the request as too large (413).{said}", "Send fewer rows in a request.");
            case 424:
                string status = reply.ModelStatus is { } code ? $" with {code}{(reply.ModelReason is { } reason ? " " + reason : string.Empty)}" : string.Empty;
                return Make(target, reply, MlErrorIds.ModelError, MlErrorCategory.InvalidResult,
                    $"The model of {deployment} answered{status}.{said}",
                    $"Check the request; the container's log has more: Get-MlDeploymentLog {reply.Deployment ?? target.DeploymentName ?? "<deployment>"} -Endpoint {target.EndpointName}.");
            case 429:
                return Make(target, reply, MlErrorIds.ServiceThrottled, MlErrorCategory.LimitsExceeded,
                    $"{endpoint} has too many requests{pin} (429).{said}",
                    "Send fewer requests at a time, or give the deployment more instances or concurrency.");
            case >= 500:
                return Make(target, reply, MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable,
                    $"{endpoint} cannot answer now ({reply.Status}).{said}", "Try again later.");
            case >= 400:
                return Make(target, reply, MlErrorIds.RequestRefused, MlErrorCategory.InvalidArgument,
                    $"{endpoint} refused the request ({reply.Status}).{said}", "Check the request against the model's signature.");
            default:
                return Make(target, reply, MlErrorIds.UnexpectedResponse, MlErrorCategory.ProtocolError,
                    $"{endpoint} answered with {reply.Status} where 200 and predictions are expected.{said}", "Check that the address is that of an online endpoint.");
        }
    }

    /// <summary>An answer of 200 that cannot be used.</summary>
    public static MlScoringException Unusable(ScoringTarget target, ScoringReply reply, string rule) => Make(
        target, reply, MlErrorIds.UnexpectedResponse, MlErrorCategory.ProtocolError,
        $"The answer of endpoint '{target.EndpointName}' cannot be used: {rule}", "Look at the body: send one request with -Raw.");

    private static MlScoringException Unreachable(ScoringTarget target, ScoringReply reply)
    {
        bool tls = reply.Failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } || reply.Failure?.InnerException is AuthenticationException;
        string host = target.ScoringUri.IsDefaultPort ? target.ScoringUri.Host : target.ScoringUri.Authority;
        string cause = ValueText.Shorten(SecretScrubber.Scrub((reply.Failure?.InnerException ?? reply.Failure)?.Message ?? "no answer"), LongestMessage);
        return Make(
            target, reply, MlErrorIds.ServiceUnreachable, MlErrorCategory.ConnectionError,
            tls ? $"The certificate of '{host}' is not trusted: {cause}" : $"'{host}' cannot be reached: {cause}",
            tls ? "For an emulator give the certificate of its authority (-CaCertificate), or connect with its connection file." : "Check the address, the network and that the endpoint (or the emulator) is there.");
    }

    private static MlScoringException Make(
        ScoringTarget target, ScoringReply reply, string id, MlErrorCategory category, string message, string action, bool terminating = false) =>
        new(id, category, message, reply.Failure)
        {
            Target = target.DeploymentName ?? target.EndpointName,
            RecommendedAction = action,
            IsTerminating = terminating,
            StatusCode = reply.Status == 0 ? null : reply.Status,
            ModelStatusCode = reply.ModelStatus,
            DeploymentName = reply.Deployment,
            RequestId = reply.RequestId,
            CorrelationId = reply.RequestId,
            RawBody = reply.Body.IsEmpty ? null : SecretScrubber.Scrub(Cut(reply)),
        };

    private static string Cut(ScoringReply reply) => System.Text.Encoding.UTF8.GetString(reply.Body[..Math.Min(reply.Body.Length, LongestBody)]);

    // Errors come as {"message"}, {"error": {"message"}}, {"detail"}, or as plain text.
    private static string Message(ScoringReply reply)
    {
        string body = Cut(reply).Trim();
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement element = document.RootElement;
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("error"u8, out JsonElement error))
            {
                element = error;
            }

            foreach (string name in new[] { "message", "detail", "title" })
            {
                if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String)
                {
                    element = text;
                }
            }

            body = element.ValueKind == JsonValueKind.String ? element.GetString()! : body;
        }
        catch (JsonException)
        {
            // Plain text, or HTML of a proxy.
        }

        return ValueText.Shorten(SecretScrubber.Scrub(body), LongestMessage);
    }
}
