using System.Globalization;
using System.Text.Json.Nodes;
using Azure;
using Azure.Identity;

namespace MlflowRollout.Engine.Errors;

/// <summary>Makes this module's errors from answers, transport failures and failed sign-ins.</summary>
internal static class ServiceErrors
{
    /// <summary>The error of an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="call">What was called: method and path.</param>
    public static MlException FromResponse(Response response, string call)
    {
        string raw = ReadBody(response);
        ServiceErrorBody body = ServiceErrorBody.Read(raw);
        int status = response.Status;
        string? correlation = CorrelationOf(response) ?? body.Correlation;
        string reason = body.Message.Length > 0 ? body.Message : $"{response.ReasonPhrase}.";
        string code = body.Code is { } text ? $", {text}" : string.Empty;
        string message = string.Create(CultureInfo.InvariantCulture, $"{Lead(status)} ({status}{code}): {reason}");
        (string id, MlErrorCategory category) = Classify(status, body);
        string? action = RecommendedActions.For(status, body);
        string scrubbed = SecretScrubber.Scrub(raw);
        return status switch
        {
            401 => new MlConnectionException(id, message, category)
            {
                IsTerminating = true, StatusCode = status, ServiceErrorCode = body.Code, CorrelationId = correlation, RawBody = scrubbed, RecommendedAction = action, Target = call,
            },
            409 or 412 => new MlConflictException(id, message)
            {
                StatusCode = status, ServiceErrorCode = body.Code, CorrelationId = correlation, RawBody = scrubbed, RecommendedAction = action, Target = call,
            },
            _ => new MlServiceException(id, category, message)
            {
                StatusCode = status, ServiceErrorCode = body.Code, CorrelationId = correlation, RawBody = scrubbed, RecommendedAction = action, Target = call,
            },
        };
    }

    /// <summary>The error of a call that got no answer, or for which no token could be had.</summary>
    public static MlException FromFailure(Exception exception, Uri address)
    {
        if (Find<AuthenticationFailedException>(exception) is { } signIn)
        {
            return SignInErrors.From(signIn, null);
        }

        if (Find<MlException>(exception) is { } own)
        {
            return own;
        }

        if (Find<RequestFailedException>(exception) is { Status: > 0 } failed)
        {
            return failed.GetRawResponse() is { } response
                ? FromResponse(response, address.AbsolutePath)
                : FromStatus(failed.Status, failed.ErrorCode, failed.Message, address);
        }

        Exception cause = exception.GetBaseException();
        return new MlConnectionException(
            MlErrorIds.ServiceUnreachable,
            $"{address.GetLeftPart(UriPartial.Authority)} cannot be reached: {SecretScrubber.Scrub(FirstLine(cause.Message))}",
            innerException: exception)
        {
            Target = address.GetLeftPart(UriPartial.Authority),
            IsTerminating = true,
            RecommendedAction = address.IsLoopback
                ? "See whether the emulator still runs (Get-MlEmulator), start it (Start-MlEmulator) and connect again."
                : "Check the network, proxy and name resolution from this machine, then try again.",
        };
    }

    /// <summary>An error by status alone, where there is no body to read.</summary>
    public static MlException FromStatus(int status, string? code, string message, Uri address)
    {
        ServiceErrorBody body = ServiceErrorBody.Read(new JsonObject { ["code"] = code, ["message"] = FirstLine(message) });
        (string id, MlErrorCategory category) = Classify(status, body);
        return new MlServiceException(id, category, string.Create(CultureInfo.InvariantCulture, $"{Lead(status)} ({status}): {body.Message}"))
        {
            StatusCode = status,
            ServiceErrorCode = code,
            Target = address.GetLeftPart(UriPartial.Path),
            RecommendedAction = RecommendedActions.For(status, body),
        };
    }

    /// <summary>The error of an operation that ended as failed or canceled.</summary>
    public static MlOperationException FromOperation(
        string errorId, string what, string state, JsonObject? error, string? correlation, object? target, IReadOnlyList<string> logLines)
    {
        ServiceErrorBody body = error is null ? ServiceErrorBody.Read(string.Empty) : ServiceErrorBody.Read(error);
        string code = body.Code is { } text ? $" ({text})" : string.Empty;
        string reason = body.Message.Length > 0 ? $": {body.Message}" : ". The service gave no reason.";
        string log = logLines.Count > 0 ? $" Last log lines:{Environment.NewLine}{string.Join(Environment.NewLine, logLines.TakeLast(5))}" : string.Empty;
        bool canceled = state.StartsWith("Cancel", StringComparison.OrdinalIgnoreCase);
        return new MlOperationException(
            errorId,
            canceled ? MlErrorCategory.OperationStopped : MlErrorCategory.InvalidResult,
            $"{what} {(canceled ? "was canceled by the service" : "failed")}{code}{reason}{log}")
        {
            Target = target,
            ServiceErrorCode = body.Code,
            CorrelationId = correlation ?? body.Correlation,
            RawBody = error is null ? null : SecretScrubber.Scrub(error.ToJsonString()),
            LogLines = logLines,
            RecommendedAction = RecommendedActions.For(200, body) ?? (errorId == MlErrorIds.DeploymentFailed ? RecommendedActions.ReadLog : RecommendedActions.Later),
        };
    }

    /// <summary>The id to give to the service's support.</summary>
    public static string? CorrelationOf(Response response) =>
        response.Headers.TryGetValue("x-ms-correlation-request-id", out string? correlation) ? correlation
        : response.Headers.TryGetValue("x-ms-request-id", out string? request) ? request
        : response.ClientRequestId;

    private static (string Id, MlErrorCategory Category) Classify(int status, ServiceErrorBody body) => status switch
    {
        _ when body.Codes.Contains("EmulatorNotSupported", StringComparer.OrdinalIgnoreCase) => (MlErrorIds.EmulatorNotSupported, MlErrorCategory.NotImplemented),
        401 => (MlErrorIds.AuthenticationFailed, MlErrorCategory.AuthenticationError),
        403 => (MlErrorIds.AccessDenied, MlErrorCategory.PermissionDenied),
        404 => (MlErrorIds.RequestRefused, MlErrorCategory.ObjectNotFound),
        409 or 412 => (MlErrorIds.ResourceConflict, MlErrorCategory.ResourceBusy),
        429 => (MlErrorIds.ServiceThrottled, MlErrorCategory.LimitsExceeded),
        408 or >= 500 => (MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable),
        >= 400 => (MlErrorIds.RequestRefused, MlErrorCategory.InvalidArgument),
        _ => (MlErrorIds.UnexpectedResponse, MlErrorCategory.ProtocolError),
    };

    private static string Lead(int status) => status switch
    {
        401 => "The service refused the credential",
        403 => "The signed-in identity lacks a right",
        404 => "The service does not find it",
        409 or 412 => "The service refused the call since the thing is busy or was changed",
        429 => "The service limits calls",
        408 or >= 500 => "The service could not answer",
        _ => "The service refused the call",
    };

    private static string ReadBody(Response response)
    {
        try
        {
            return response.Content.ToString();
        }
        catch (InvalidOperationException)
        {
            return string.Empty;
        }
    }

    private static string FirstLine(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    private static T? Find<T>(Exception exception)
        where T : Exception =>
        exception as T
        ?? (exception is AggregateException aggregate ? aggregate.Flatten().InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null) : null)
        ?? (exception.InnerException is { } inner and not AggregateException ? Find<T>(inner) : null);
}
