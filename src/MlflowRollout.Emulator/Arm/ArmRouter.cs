using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Arm;

/// <summary>The control plane's front: authenticates, finds the one handler of a route, and puts every failure into ARM's shape.</summary>
internal sealed partial class ArmRouter(
    EmulatorContext context,
    BearerToken bearer,
    FaultBoard faults,
    RequestJournal journal,
    IEnumerable<ArmRoute> routes)
{
    private const int WorkspaceSegments = 8;
    private readonly ArmRoute[] _routes = [.. routes];

    /// <summary>Whether the path belongs to the control plane.</summary>
    public static bool Owns(PathString path) =>
        path.StartsWithSegments("/subscriptions", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/providers", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/tenants", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/emulator", StringComparison.OrdinalIgnoreCase);

    public async Task HandleAsync(HttpContext http)
    {
        long start = context.Time.GetTimestamp();
        string method = http.Request.Method;
        string path = http.Request.Path.Value ?? "/";
        bool administrative = path.StartsWith("/emulator", StringComparison.OrdinalIgnoreCase);
        ArmReply reply;
        try
        {
            Authenticate(http);
            IReadOnlyList<FaultRule> struck = [];
            if (!administrative)
            {
                journal.Count("arm", method, path);
                struck = faults.Strike("arm", method, path);
                http.Items[typeof(FaultBoard)] = struck;
                await DelayAsync(struck, http.RequestAborted);
                if (Interrupt(http, struck, after: false))
                {
                    return;
                }
            }

            reply = await DispatchAsync(http, method, path, administrative);
            if (Interrupt(http, struck, after: true))
            {
                return;
            }
        }
        catch (ArmException exception)
        {
            reply = Refusal(exception);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException exception)
        {
            reply = Refusal(new ArmException(exception.StatusCode, "InvalidRequest", exception.Message));
        }
        catch (SqliteException exception)
        {
            reply = Refusal(StorageFailure(exception));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync($"{method} {path} failed in the emulator: {exception}");
            reply = Refusal(new ArmException(500, "InternalServerError", $"The emulator failed at this request ({exception.GetType().Name}). Its error output has the details."));
        }

        await WriteAsync(http, reply, start);
    }

    private async Task<ArmReply> DispatchAsync(HttpContext http, string method, string path, bool administrative)
    {
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (ArmRoute route in _routes)
        {
            if (route.Method == method && route.TryMatch(segments, out Dictionary<string, string>? values))
            {
                string version = administrative ? string.Empty : ApiVersion(http);
                CheckScope(values, segments);
                return await route.Handler(new ArmRequest(http, values, version));
            }
        }

        if (!administrative)
        {
            _ = ApiVersion(http);
        }

        throw ArmErrors.NotSupported($"The operation {method} {Describe(segments)}");
    }

    private void Authenticate(HttpContext http)
    {
        string? token = BearerToken.Read(http);
        if (token is null)
        {
            throw new ArmException(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }

        if (!bearer.IsValid(token))
        {
            throw ArmErrors.Unauthenticated("The access token is invalid: it is not the token of this emulator. Take it from the emulator's connection file.");
        }
    }

    private static string ApiVersion(HttpContext http)
    {
        string? version = http.Request.Query["api-version"];
        if (string.IsNullOrEmpty(version))
        {
            throw new ArmException(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.");
        }

        return VersionForm().IsMatch(version)
            ? version
            : throw new ArmException(
                400,
                "InvalidApiVersionParameter",
                $"The api-version '{version}' is invalid. It must be a date such as 2024-10-01, optionally followed by -preview.");
    }

    /// <summary>Subscription, group and workspace of the path must be this emulator's.</summary>
    private void CheckScope(Dictionary<string, string> values, string[] segments)
    {
        WorkspaceIdentity identity = context.Identity;
        if (values.TryGetValue("subscription", out string? subscription) && !Same(subscription, identity.SubscriptionId))
        {
            throw new ArmException(404, "SubscriptionNotFound", $"The subscription '{subscription}' could not be found. This emulator has {identity.SubscriptionId}.");
        }

        if (values.TryGetValue("group", out string? group) && !Same(group, identity.ResourceGroup))
        {
            throw new ArmException(404, "ResourceGroupNotFound", $"Resource group '{group}' could not be found. This emulator has {identity.ResourceGroup}.");
        }

        if (values.TryGetValue("workspace", out string? workspace) && segments.Length >= WorkspaceSegments && !Same(workspace, identity.Workspace))
        {
            throw new ArmException(
                404,
                "ResourceNotFound",
                $"The Resource 'Microsoft.MachineLearningServices/workspaces/{workspace}' under resource group '{group}' was not found. This emulator has {identity.Workspace}.");
        }

        if (values.TryGetValue("registry", out string? registry) && !Same(registry, identity.Registry))
        {
            throw ArmErrors.RegistryNotFound(registry, identity.Registry);
        }
    }

    private async Task DelayAsync(IReadOnlyList<FaultRule> struck, CancellationToken cancellationToken)
    {
        foreach (FaultRule rule in struck.Where(rule => rule.Kind == FaultKind.Delay))
        {
            await Task.Delay(rule.Delay, context.Time, cancellationToken);
        }
    }

    /// <summary>Carries out the first error or reset; true where the connection is gone.</summary>
    private static bool Interrupt(HttpContext http, IReadOnlyList<FaultRule> struck, bool after)
    {
        FaultRule? rule = struck.FirstOrDefault(rule => rule.After == after && rule.Kind is FaultKind.Error or FaultKind.Reset);
        switch (rule?.Kind)
        {
            case FaultKind.Reset:
                http.Abort();
                return true;
            case FaultKind.Error:
                throw new ArmException(rule.Status, rule.Code, rule.Message)
                {
                    RetryAfterSeconds = rule.RetryAfterSeconds ?? (rule.Status == 429 ? 1 : null),
                };
            default:
                return false;
        }
    }

    private static ArmException StorageFailure(SqliteException exception) => exception.SqliteErrorCode switch
    {
        13 => new ArmException(507, "InsufficientStorage", "The disk of the emulator's data folder is full; nothing was changed. Free some space and try again."),
        8 or 10 or 14 => new ArmException(500, "EmulatorStorageFailure", "The emulator's data folder cannot be written to; nothing was changed. Check its disk and permissions."),
        5 or 6 => new ArmException(503, "EmulatorStorageBusy", "The emulator's data file is held by another process; nothing was changed. Try again."),
        _ => new ArmException(500, "EmulatorStorageFailure", $"The emulator's data file answered with an error (SQLite code {exception.SqliteErrorCode.ToString(CultureInfo.InvariantCulture)}); nothing was changed."),
    };

    private static ArmReply Refusal(ArmException exception)
    {
        List<(string, string)> headers = [("x-ms-error-code", exception.Code)];
        if (exception.RetryAfterSeconds is { } seconds)
        {
            headers.Add(("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
        }

        if (exception.Status == 401)
        {
            headers.Add(("WWW-Authenticate", "Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\""));
        }

        return new ArmReply(exception.Status, exception.ToJson()) { Headers = headers };
    }

    private async Task WriteAsync(HttpContext http, ArmReply reply, long start)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        HttpResponse response = http.Response;
        response.StatusCode = reply.Status;
        string requestId = Guid.NewGuid().ToString("D");
        response.Headers["x-ms-request-id"] = requestId;
        response.Headers["x-ms-correlation-request-id"] = requestId;
        response.Headers["x-ms-response-type"] = reply.Status < 400 ? "standard" : "error";
        response.Headers["x-request-time"] = context.Time.GetElapsedTime(start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-cache";
        if (http.Request.Headers.TryGetValue("x-ms-client-request-id", out var clientId) && HeaderText.IsSafe(clientId.ToString()))
        {
            response.Headers["x-ms-client-request-id"] = clientId;
        }

        foreach ((string name, string value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (!reply.HasBody)
        {
            if (reply.Status != 204)
            {
                response.ContentLength = 0;
            }

            return;
        }

        byte[] body = Encoding.UTF8.GetBytes(reply.Body?.ToJsonString(ArmJson.Compact) ?? "null");
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The path without the pieces that only say which workspace it is.</summary>
    private static string Describe(string[] segments)
    {
        int provider = Array.FindIndex(segments, segment => Same(segment, "Microsoft.MachineLearningServices"));
        return provider < 0 ? "/" + string.Join('/', segments) : string.Join('/', segments[provider..]);
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}(-[a-z]+)?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex VersionForm();
}
