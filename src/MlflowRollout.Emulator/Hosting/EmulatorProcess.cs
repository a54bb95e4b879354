using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Serving.Onnx;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>One run of the emulator, from the lock on its folder to the last drained request.</summary>
internal static class EmulatorProcess
{
    private const string PortSetting = "port";

    /// <summary>How long requests that were admitted may take once the end was asked for: the longest request timeout, and a little.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(310);

    public static async Task RunAsync(EmulatorOptions options, TimeProvider time)
    {
        using DataFolder folder = DataFolder.Open(options.DataFolder, options.Ephemeral);
        using Database database = OpenDatabase(folder);
        WorkspaceIdentity identity = await WorkspaceIdentity.LoadAsync(database, options, time, CancellationToken.None);
        using LoopbackSockets sockets = LoopbackSockets.Bind(options.Port, RememberedPort(database));
        await database.WriteAsync(
            connection => SettingsTable.Set(connection, PortSetting, sockets.Port.ToString(CultureInfo.InvariantCulture)),
            CancellationToken.None);
        using X509Certificate2 certificate = TlsIdentity.Load(folder.Tls, identity.StorageAccount, time);
        Uri baseAddress = new($"https://127.0.0.1:{sockets.Port.ToString(CultureInfo.InvariantCulture)}");
        string connectionFile = options.ConnectionFile ?? folder.DefaultConnectionFile;

        await using ServingPlane plane = new(time, python: options.Python);
        ConnectionDrain connections = new(time);
        await using WebApplication app = Build(sockets, certificate, connections);
        EmulatorContext context = new(
            identity,
            database,
            baseAddress.GetLeftPart(UriPartial.Authority),
            time,
            options.Loose,
            app.Lifetime);
        using ControlPlane control = new(context, folder, options.Pace, plane, plane.Metrics, options.MetricDelay);
        app.Use(next => new FrontDoor(control, connections, next).HandleAsync);
        app.MapGateway(plane, connections);

        await control.RestoreAsync(CancellationToken.None);
        await app.StartAsync();
        Task warmUp = Task.CompletedTask;
        try
        {
            ConnectionFile.Write(connectionFile, identity, baseAddress, folder);
            await Console.Out.WriteLineAsync(
                $"MLflow emulator ready at {context.BaseUri} (workspace {identity.Workspace}, data {folder.Root}, connection file {connectionFile})");
            // While the client that started it gets going.
            warmUp = Task.Run(OnnxSessionCache.WarmUp);
            using CancellationTokenSource ended = new();
            Task watch = options.ParentProcess is { } parent ? ParentWatch.WatchAsync(parent, app.Lifetime.StopApplication, ended.Token) : Task.CompletedTask;
            await StoppingAsync(app.Lifetime);

            // From here on nobody connects; then whoever is connected is answered; then the server ends.
            sockets.Dispose();
            await connections.QuietAsync();
            await app.StopAsync();
            await ended.CancelAsync();
            await watch;
        }
        finally
        {
            ConnectionFile.Remove(connectionFile);
            await control.StopAsync();
            await warmUp;
        }
    }

    private static async Task StoppingAsync(IHostApplicationLifetime lifetime)
    {
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }

    private static Database OpenDatabase(DataFolder folder)
    {
        try
        {
            return Database.Open(folder.Database);
        }
        catch (StateFormatException exception)
        {
            throw new StartupException(ExitCode.DataFormat, exception.Message, exception);
        }
        catch (Microsoft.Data.Sqlite.SqliteException exception)
        {
            throw new StartupException(
                ExitCode.DataFolderUnusable,
                $"The data file {folder.Database} cannot be used: {exception.Message} Give --data another folder, or delete this one if it is not needed.",
                exception);
        }
    }

    private static int? RememberedPort(Database database) =>
        int.TryParse(database.Read(connection => SettingsTable.Find(connection, PortSetting)), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
        && port is > 0 and < 65536
            ? port
            : null;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Kestrel owns the sockets from here.")]
    private static WebApplication Build(LoopbackSockets sockets, X509Certificate2 certificate, ConnectionDrain connections)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestDrain);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(transport => transport.CreateBoundListenSocket = sockets.Take);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (IPEndPoint endPoint in sockets.EndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(next => connection => connections.TrackAsync(() => next(connection)));
                    listen.UseHttps(certificate);
                });
            }
        });
        return builder.Build();
    }
}
