using System.Text.Json.Nodes;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Net8.IntegrationTests;

/// <summary>The private .NET 8 that the build made of NuGet's runtime packs, and the host program that runs on it.</summary>
internal static class Net8Runtime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static string HostFolder => Path.Combine(RepositoryPaths.Root, "tests", "support", "MlflowRollout.Net8Host", "bin", RepositoryPaths.Configuration, "net8.0");

    /// <summary>The folder of the private runtime; there is no other version in it.</summary>
    public static string Root => Path.Combine(HostFolder, "dotnet");

    /// <summary>Its <c>dotnet</c>; skips the running test where the build had no packs.</summary>
    public static string RequireDotNet()
    {
        string path = Path.Combine(Root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        Requirement.Require(File.Exists(path), "the build had no runtime packs of .NET 8 (Microsoft.NETCore.App.Runtime and Microsoft.AspNetCore.App.Runtime; built with -p:Net8RuntimePacks=false?)");
        return path;
    }

    /// <summary>An environment in which no other runtime is found; its state goes below a folder of the test.</summary>
    public static Dictionary<string, string?> Environment(TemporaryFolder home) => new()
    {
        ["DOTNET_ROOT"] = Root,
        ["DOTNET_HOST_PATH"] = null,
        ["HOME"] = home.Path,
        ["XDG_DATA_HOME"] = home["data"],
        ["XDG_CONFIG_HOME"] = home["config"],
        ["LOCALAPPDATA"] = home["data"],
    };

    /// <summary>Runs a command of the host program and reads its answer.</summary>
    public static async Task<JsonNode> RunAsync(params string[] arguments)
    {
        string dotnet = RequireDotNet();
        using TemporaryFolder home = new();
        await using ChildProcess process = new(dotnet, [Path.Combine(HostFolder, "MlflowRollout.Net8Host.dll"), .. arguments], home.Path, Environment(home));
        int exitCode = await process.WaitForExitAsync(Deadline);
        Assert.True(exitCode == 0, process.Describe());
        JsonNode answer = JsonNode.Parse(process.StandardOutput)!;
        Assert.StartsWith(".NET 8.0.", (string)answer["runtime"]!, StringComparison.Ordinal);
        return answer;
    }
}
