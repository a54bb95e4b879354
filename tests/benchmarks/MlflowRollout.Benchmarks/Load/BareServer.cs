using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>
/// The yardstick for scoring: Kestrel with nothing in front of it, parsing the same body and running the same graph in a session tuned the same way, over
/// TLS with the emulator's own certificate. No routing, no key, no admission, no counters, no log, no headers of the service.
/// </summary>
internal static class BareServer
{
    public static async Task RunAsync(string modelFile, string certificateFile)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(certificateFile, certificateFile);
        using BareModel model = new(modelFile);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            });
        });
        await using WebApplication app = builder.Build();
        app.Run(context => ScoreAsync(context, model));
        await app.StartAsync();
        Console.WriteLine($"ready {app.Urls.Single()}");
        await app.WaitForShutdownAsync();
    }

    private static async Task ScoreAsync(HttpContext context, BareModel model)
    {
        System.IO.Pipelines.ReadResult read = await context.Request.BodyReader.ReadAtLeastAsync((int)context.Request.ContentLength!.Value);
        BareRun run = model.Rent();
        try
        {
            ReadOnlyMemory<byte> answer = run.Score(read.Buffer.FirstSpan);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer);
        }
        finally
        {
            model.Return(run);
        }
    }
}
