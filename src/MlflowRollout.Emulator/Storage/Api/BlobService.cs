using System.Globalization;
using System.Security;
using System.Text;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>The blob service of the workspace's storage account: what uploads and downloads of models need.</summary>
internal sealed class BlobService(EmulatorContext context, BearerToken bearer, ContentStore content, FaultBoard faults, RequestJournal journal)
{
    private const string DefaultVersion = "2021-12-02";
    private readonly BlobAuthentication _authentication = new(context, bearer);
    private readonly BlobWriter _writer = new(context, content);
    private readonly BlobReader _reader = new(context, content);
    private readonly BlobLister _lister = new(context);

    public async Task HandleAsync(BlobRequest request)
    {
        HttpContext http = request.Http;
        http.Response.Headers["x-ms-version"] = request.Header("x-ms-version") is { Length: > 0 and < 20 } version && HeaderText.IsSafe(version) ? version : DefaultVersion;
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString("D");
        if (request.Header("x-ms-client-request-id") is { } clientId && HeaderText.IsSafe(clientId))
        {
            http.Response.Headers["x-ms-client-request-id"] = clientId;
        }

        try
        {
            _authentication.Check(request);
            string path = RawTarget.PathOf(http);
            journal.Count("blob", http.Request.Method, path);
            if (await InterruptAsync(http, path))
            {
                return;
            }

            await DispatchAsync(request);
        }
        catch (BlobException exception)
        {
            await RefuseAsync(http, exception);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens.
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(http, new BlobException(exception.StatusCode, "InvalidInput", exception.Message));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync($"{http.Request.Method} {http.Request.Path} failed in the emulator: {exception.Message}");
            await RefuseAsync(http, new BlobException(500, "InternalError", "The emulator's data folder cannot be read or written; nothing was changed. Check its disk and permissions."));
        }
    }

    private Task DispatchAsync(BlobRequest request)
    {
        string method = request.Http.Request.Method;
        string operation = request.Query("comp") ?? string.Empty;
        if (request.Container is null)
        {
            throw BlobException.Unsupported($"The account operation {method} {operation}".TrimEnd());
        }

        if (request.Blob is null)
        {
            return Container(request, method, operation);
        }

        CheckContainer(request.Container);
        CheckName(request.Blob);
        if (request.Query("snapshot") is not null || request.Query("versionid") is not null)
        {
            throw BlobException.Unsupported("Snapshots and versions of blobs");
        }

        return (method, operation) switch
        {
            ("PUT", "") => _writer.PutBlobAsync(request),
            ("PUT", "block") => _writer.PutBlockAsync(request),
            ("PUT", "blocklist") => _writer.PutBlockListAsync(request),
            ("PUT", "metadata") => _writer.SetMetadataAsync(request),
            ("PUT", "properties") => _writer.SetPropertiesAsync(request),
            ("GET", "") => _reader.GetAsync(request),
            ("HEAD", "") => _reader.HeadAsync(request),
            ("GET" or "HEAD", "metadata") => _reader.GetMetadataAsync(request),
            ("DELETE", "") => _writer.DeleteAsync(request),
            _ => throw BlobException.Unsupported($"The blob operation {method} {operation}".TrimEnd()),
        };
    }

    private Task Container(BlobRequest request, string method, string operation)
    {
        if (request.Query("restype") != "container")
        {
            throw BlobException.Unsupported("The root container");
        }

        if (method == "PUT" && operation.Length == 0)
        {
            throw BlobContainerTable.Exists(context, request.Container!)
                ? new BlobException(409, "ContainerAlreadyExists", "The specified container already exists.")
                : BlobException.Unsupported("Creating a container");
        }

        CheckContainer(request.Container!);
        switch (method, operation)
        {
            case ("GET", "list"):
                return _lister.ListAsync(request);
            case ("GET" or "HEAD", "" or "metadata"):
                HttpResponse response = request.Http.Response;
                response.ContentLength = 0;
                response.Headers.ETag = "\"0x8DC000000000000\"";
                response.Headers.LastModified = context.Identity.CreatedAt.ToString("R", CultureInfo.InvariantCulture);
                response.Headers["x-ms-lease-status"] = "unlocked";
                response.Headers["x-ms-lease-state"] = "available";
                return Task.CompletedTask;
            default:
                throw BlobException.Unsupported($"The container operation {method} {operation}".TrimEnd());
        }
    }

    private void CheckContainer(string container)
    {
        if (!BlobContainerTable.Exists(context, container))
        {
            throw new BlobException(404, "ContainerNotFound", $"The specified container does not exist. This account has '{context.Identity.Container}' and those of pending uploads.");
        }
    }

    private static void CheckName(string blob)
    {
        if (blob.Length > 1024 || blob.Any(letter => char.IsControl(letter) || letter is '\uFFFE' or '\uFFFF'))
        {
            throw new BlobException(400, "InvalidResourceName", "The specified resource name contains invalid characters or is too long.");
        }
    }

    private async Task<bool> InterruptAsync(HttpContext http, string path)
    {
        foreach (FaultRule rule in faults.Strike("blob", http.Request.Method, path))
        {
            switch (rule.Kind)
            {
                case FaultKind.Delay:
                    await Task.Delay(rule.Delay, context.Time, http.RequestAborted);
                    break;
                case FaultKind.Reset:
                    http.Abort();
                    return true;
                case FaultKind.Error:
                    if (rule.RetryAfterSeconds is { } seconds)
                    {
                        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                    }

                    throw new BlobException(rule.Status, rule.Code, rule.Message);
            }
        }

        return false;
    }

    private static async Task RefuseAsync(HttpContext http, BlobException exception)
    {
        HttpResponse response = http.Response;
        if (response.HasStarted)
        {
            http.Abort();
            return;
        }

        response.StatusCode = exception.Status;
        response.Headers["x-ms-error-code"] = exception.Code;
        if (exception.Status == 401)
        {
            response.Headers.WWWAuthenticate = "Bearer authorization_uri=https://login.microsoftonline.com/ resource_id=https://storage.azure.com";
        }

        if (exception.Status == 304 || http.Request.Method == "HEAD")
        {
            return;
        }

        byte[] body = Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{exception.Code}</Code><Message>{SecurityElement.Escape(exception.Message)}</Message></Error>");
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}
