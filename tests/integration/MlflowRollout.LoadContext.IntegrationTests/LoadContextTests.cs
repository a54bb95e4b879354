using System.Reflection;
using System.Runtime.Loader;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.LoadContext.IntegrationTests;

/// <summary>The module in a host that has loaded older versions of its packages before.</summary>
public sealed class LoadContextTests
{
    private const string EngineContext = "MlflowRollout.Engine";

    static LoadContextTests()
    {
        foreach (string file in new[] { "Azure.Core.dll", "YamlDotNet.dll" })
        {
            AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "older", file));
        }
    }

    [Fact]
    public void Module_BesideOlderPackages_RunsAWholeRegistrationWithItsOwn()
    {
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            """
            $null = Connect-MlWorkspace -Emulator -Ephemeral
            try { Register-MlModel heart -Path $args[0] } finally { Disconnect-MlWorkspace }
            """,
            ExampleModels.V1);

        result.AssertSucceeded();
        Assert.Equal(["MlflowRollout.Engine"], ContextsOf("MlflowRollout.Engine"));
        Assert.Equal(["Default", EngineContext], ContextsOf("Azure.Core"));
        Assert.Equal(["Default", EngineContext], ContextsOf("YamlDotNet"));
        Assert.Equal(["Default"], ContextsOf("MlflowRollout.Abstractions"));
        Assert.Equal(["Default"], ContextsOf("MlflowRollout"));
        Assert.Equal([EngineContext], ContextsOf("Azure.Identity").Concat(ContextsOf("Azure.ResourceManager")).Distinct());
        Assert.True(VersionIn(EngineContext, "Azure.Core") > VersionIn("Default", "Azure.Core"));
        Assert.True(VersionIn(EngineContext, "YamlDotNet") > VersionIn("Default", "YamlDotNet"));
    }

    [Fact]
    public void DefaultContext_AfterUse_HoldsNoAssemblyOfTheEngine()
    {
        using ModuleSession session = new();
        session.Invoke("Get-MlEmulator").AssertSucceeded();

        string[] engineFiles = [.. AssemblyLoadContext.Default.Assemblies
            .Where(assembly => !assembly.IsDynamic && assembly.Location.Contains($"{Path.DirectorySeparatorChar}engine{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(assembly => assembly.GetName().Name!)];

        Assert.Empty(engineFiles);
    }

    [Fact]
    public void ImportForce_Twice_KeepsWorking()
    {
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            """
            Import-Module $args[0] -Force
            Import-Module $args[0] -Force
            $null = Get-MlEmulator
            (Get-Module MlflowRollout).ExportedCmdlets.Count
            """,
            RepositoryPaths.ModuleManifest);

        result.AssertSucceeded();
        Assert.True((int)result.Output.Single().BaseObject > 20);
    }

    [Fact]
    public void RemoveAndImportAgain_ConnectionsOfTheSession_StillWork()
    {
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            """
            $null = Connect-MlWorkspace -Emulator -Ephemeral
            Remove-Module MlflowRollout
            Import-Module $args[0]
            try { Get-MlWorkspace } finally { Disconnect-MlWorkspace }
            """,
            RepositoryPaths.ModuleManifest);

        result.AssertSucceeded();
        Assert.Equal("Emulator", result.Output.Single().Properties["Kind"].Value.ToString());
    }

    [Theory]
    [InlineData("MlTraffic")]
    [InlineData("MlVersion")]
    [InlineData("MlException")]
    [InlineData("Services.MlCloudEnvironment")]
    public void TypeLiteral_FirstLineAfterImport_Resolves(string type)
    {
        using ModuleSession session = new(new ModuleSessionOptions { ImportModule = false });

        InvocationResult result = session.Invoke($"Import-Module $args[0]\n[MlflowRollout.{type}].FullName", RepositoryPaths.ModuleManifest);

        result.AssertSucceeded();
        Assert.Equal($"MlflowRollout.{type}", result.Output.Single().BaseObject);
    }

    private static string[] ContextsOf(string assemblyName) =>
        [.. Loaded(assemblyName).Select(entry => entry.Context).Distinct().Order(StringComparer.Ordinal)];

    private static Version VersionIn(string context, string assemblyName) =>
        Loaded(assemblyName).Single(entry => entry.Context == context).Version;

    private static IEnumerable<(string Context, Version Version)> Loaded(string assemblyName) =>
        from context in AssemblyLoadContext.All
        from Assembly assembly in context.Assemblies
        let name = assembly.GetName()
        where name.Name == assemblyName
        select (context.Name ?? string.Empty, name.Version!);
}
