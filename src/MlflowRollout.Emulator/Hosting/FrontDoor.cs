using System.Text;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Storage.Api;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>The first thing a request meets: is it meant for this machine, and which part of the emulator is it for.</summary>
internal sealed class FrontDoor(ControlPlane control, ConnectionDrain connections, RequestDelegate next)
{
    public Task HandleAsync(HttpContext http)
    {
        connections.Arrived(http);
        HostString host = http.Request.Host;
        bool loopback = HostHeader.IsLoopback(host);
        PathString path = http.Request.Path;
        if (loopback && GatewayRoutes.Owns(path))
        {
            return next(http);
        }

        if (!loopback && !HostHeader.IsBlobHost(host, control.Context.Identity.StorageAccount))
        {
            return RefuseAsync(
                http,
                421,
                "HostNotAllowed",
                $"The Host header '{host.Host}' is not one of this emulator's. It answers to 127.0.0.1 and localhost, and to its storage account's blob host for blob calls.");
        }

        if (loopback && ArmRouter.Owns(path))
        {
            return control.Arm.HandleAsync(http);
        }

        if (loopback && UnservedPaths.Find(path) is { } what)
        {
            return RefuseAsync(http, 501, "EmulatorNotSupported", $"{what} is not supported by the emulator. Use a workspace of the cloud for it.");
        }

        return BlobRequest.Parse(http, control.Context.Identity) is { } blob
            ? control.Blobs.HandleAsync(blob)
            : RefuseAsync(http, 404, "NotFound", $"There is nothing at '{path}'. The emulator serves /subscriptions/…, /online/{{endpoint}}/score and /{control.Context.Identity.StorageAccount}/….");
    }

    private static async Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        byte[] body = Encoding.UTF8.GetBytes(new ArmException(status, code, message).ToJson().ToJsonString(ArmJson.Compact));
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
