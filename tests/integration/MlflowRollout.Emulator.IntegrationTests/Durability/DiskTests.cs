using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>A disk that is full and folders that cannot be written: what was there is served on, and changes are refused in words.</summary>
public sealed class DiskTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Disk_Full_RefusesChangesAndServesOn()
    {
        // The small disk exists for the emulator alone, which ends with it.
        await RequireAsync("mount -t tmpfs -o size=8m tmpfs \"$1\"");
        await using (EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] }))
        {
            // Its certificate is needed on this side of the mount too.
            await first.StopAsync();
        }

        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions
        {
            DataFolder = _folder["data"],
            Launcher = Unshared($"cp -a '{_folder["data"]}' '{_folder["copy"]}' && mount -t tmpfs -o size=8m tmpfs '{_folder["data"]}' && cp -a '{_folder["copy"]}/.' '{_folder["data"]}'"),
        });
        ControlPlaneClient client = new(emulator);
        await client.CreateEndpointAsync("heart-disk");
        await client.CreateDeploymentAsync("heart-disk", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
        using ScoringClient scoring = await ScoringClient.OfAsync(client, "heart-disk");

        // One that does not fit leaves nothing behind; then small ones, until nothing fits.
        Assert.Equal(HttpStatusCode.InternalServerError, await PutBlobAsync(client, "large", 20 * Megabyte));
        Assert.Equal(HttpStatusCode.Created, await PutBlobAsync(client, "small", 16 * 1024));
        List<string> filled = [];
        foreach (int size in new[] { Megabyte, 64 * 1024, 4 * 1024 })
        {
            while (await PutBlobAsync(client, $"fill-{filled.Count}", size) == HttpStatusCode.Created)
            {
                filled.Add($"fill-{filled.Count}");
            }
        }

        ControlPlaneAnswer refused = await RefusedAsync(client);
        ScoringAnswer served = await scoring.ScoreAsync(pin: "blue");

        Assert.Contains("Storage", refused.ErrorCode, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.True(served.Status == 200, served.Text);
        Assert.Equal("Succeeded", (await client.GetAsync("/onlineEndpoints/heart-disk/deployments/blue")).Body["properties"]!["provisioningState"]!.GetValue<string>());
        Assert.False(emulator.HasExited, emulator.Log);
    }

    [SkippableFact]
    public async Task File_LargerThanItsLimit_IsRefusedAndTheNextChangeWorks()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a Unix system");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions
        {
            DataFolder = _folder["data"],
            Launcher = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 16384; exec \"$@\"", "sh"],
            // The runtime would keep its code in a file in memory, which the limit counts too.
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" },
        });
        ControlPlaneClient client = new(emulator);

        Assert.Equal(HttpStatusCode.InternalServerError, await PutBlobAsync(client, "large", 40 * Megabyte));
        Assert.Equal(HttpStatusCode.Created, await PutBlobAsync(client, "small", 1024));
        await client.CreateEndpointAsync("heart-disk");
        await client.CreateDeploymentAsync("heart-disk", "blue", await client.RegisterModelAsync("heart", "1", ExampleModels.V1));
        using ScoringClient scoring = await ScoringClient.OfAsync(client, "heart-disk");

        Assert.Equal(200, (await scoring.ScoreAsync(pin: "blue")).Status);
        Assert.Empty(Directory.GetFiles(_folder["data", "work"]));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Folder_ReadOnly_IsRefusedByName(bool used)
    {
        Directory.CreateDirectory(_folder["data"]);
        if (used)
        {
            await using EmulatorProcess first = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });
            await first.StopAsync();
        }

        // Modes do not bind root, a mount that is read-only binds everybody.
        string readOnly = $"mount --bind '{_folder["data"]}' '{_folder["data"]}' && mount -o remount,bind,ro '{_folder["data"]}'";
        await RequireAsync(readOnly);
        string[] command = [.. Unshared(readOnly), RepositoryPaths.DotNet, RepositoryPaths.EmulatorAssembly, "--data", _folder["data"]];
        await using ChildProcess process = new(command[0], command[1..]);

        Assert.Equal(5, await process.WaitForExitAsync(Patience));
        Assert.Contains(_folder["data"], process.StandardError, StringComparison.Ordinal);
        Assert.Contains("--data", process.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.StandardError, StringComparison.Ordinal);
    }

    private static string[] Unshared(string prepare) =>
        ["unshare", "--user", "--map-root-user", "--mount", "--kill-child", "/bin/sh", "-c", prepare + " && exec \"$@\"", "sh"];

    /// <summary>Skips where this machine lets nobody mount.</summary>
    private async Task RequireAsync(string prepare)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs mounts of Linux");
        Directory.CreateDirectory(_folder["probe"]);
        int code = -1;
        try
        {
            await using ChildProcess probe = new("unshare", ["--user", "--map-root-user", "--mount", "/bin/sh", "-c", prepare, "sh", _folder["probe"]]);
            code = await probe.WaitForExitAsync(Patience);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program.
        }

        Skip.IfNot(code == 0, "this user may not mount in a namespace of its own (unshare)");
    }

    private static async Task<ControlPlaneAnswer> RefusedAsync(ControlPlaneClient client)
    {
        for (int round = 0; ; round++)
        {
            JsonObject body = Bodies.Endpoint();
            body["tags"] = new JsonObject { ["filler"] = new string('x', 200) };
            ControlPlaneAnswer answer = await client.PutAsync(string.Create(CultureInfo.InvariantCulture, $"/onlineEndpoints/fill-{round:d5}"), body);
            if ((int)answer.Status >= 500)
            {
                return answer;
            }

            Assert.True(round < 20000, "The disk is never full.");
        }
    }

    private static async Task<HttpStatusCode> PutBlobAsync(ControlPlaneClient client, string name, int size)
    {
        JsonNode store = (await client.GetAsync("/datastores?isDefault=true")).Body["value"]![0]!["properties"]!;
        byte[] content = new byte[size];
        new Random(name.GetHashCode(StringComparison.Ordinal)).NextBytes(content);
        using HttpRequestMessage request = new(HttpMethod.Put, $"https://{store["accountName"]}.blob.core.windows.net/{store["containerName"]}/{name}") { Content = new ByteArrayContent(content) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.Add("x-ms-version", "2021-12-02");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Emulator.Token);
        using HttpResponseMessage answer = await client.Emulator.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
