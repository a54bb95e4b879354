using System.Text.Json.Nodes;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Net8.IntegrationTests;

/// <summary>
/// The engine as PowerShell 7.4 uses it, but for PowerShell 7.4 itself, whose package is not in every registry: the composed module's assemblies on .NET
/// 8, the engine made by the module's own load context, the emulator started by the engine.
/// </summary>
public sealed class EngineTests
{
    private const string EngineContext = "MlflowRollout.Engine";

    [SkippableFact]
    public async Task EveryMethodOfTheModule_OnNet8_Compiles()
    {
        JsonNode answer = await Net8Runtime.RunAsync("surface", RepositoryPaths.ModuleBase);

        Assert.Equal([], answer["failures"]!.AsArray().Select(static failure => (string)failure!));
        Assert.True((int)answer["methods"]! > 2000);
    }

    [SkippableFact]
    public async Task LoadContext_BesideOlderPackagesOnNet8_RegistersWithItsOwn()
    {
        JsonNode answer = await Net8Runtime.RunAsync(
            "load-context", RepositoryPaths.ModuleBase, RepositoryPaths.Output, ExampleModels.V1, Path.Combine(AppContext.BaseDirectory, "older"));

        ILookup<string, (string Context, Version Version)> loaded = answer["loaded"]!.AsArray().ToLookup(
            static entry => (string)entry!["name"]!, static entry => ((string)entry!["context"]!, Version.Parse((string)entry["version"]!)));
        Assert.Equal("heart:1", (string)answer["model"]!);
        foreach (string shared in new[] { "MlflowRollout", "MlflowRollout.Abstractions" })
        {
            Assert.Equal("Default", Assert.Single(loaded[shared]).Context);
        }

        foreach (string own in new[] { "MlflowRollout.Engine", "Azure.ResourceManager", "Azure.Storage.Blobs" })
        {
            Assert.Equal(EngineContext, Assert.Single(loaded[own]).Context);
        }

        foreach (string both in new[] { "Azure.Core", "YamlDotNet" })
        {
            (string Context, Version Version) own = Assert.Single(loaded[both], static entry => entry.Context == EngineContext);
            (string Context, Version Version) older = Assert.Single(loaded[both], static entry => entry.Context == "Default");
            Assert.True(own.Version > older.Version, $"{both}: {own} and {older}");
        }

        // The packages want a newer one than .NET 8 has; here, and only here, the engine's own copy must win.
        Assert.True(Assert.Single(loaded["System.Text.Json"], static entry => entry.Context == EngineContext).Version.Major > 8);
    }

    [SkippableFact]
    public async Task Walkthrough_EngineAndEmulatorOnNet8_RollsOut()
    {
        JsonNode answer = await Net8Runtime.RunAsync("walkthrough", RepositoryPaths.ModuleBase, RepositoryPaths.Output, ExampleModels.HeartClassifier);

        Assert.StartsWith(Net8Runtime.Root, (string)answer["emulatorRuntime"]!, StringComparison.Ordinal);
        Assert.Equal("default: 0 1 0 1", (string)answer["blue"]!);
        Assert.Equal("green: 0 1 1 0", (string)answer["green"]!);
        Assert.Equal("default=90 green=10", (string)answer["tenth"]!);
        Assert.Equal(500, answer["answered"]!.AsObject().Where(static pair => pair.Key is "default" or "green").Sum(static pair => (int)pair.Value!));
        Assert.Equal("default=0 green=100", (string)answer["all"]!);
        Assert.Equal("green=100", (string)answer["left"]!);
        Assert.Equal("green: 0 1 1 0", (string)answer["retired"]!);
        Assert.Equal(0, (int)answer["emulatorsLeft"]!);
    }
}
