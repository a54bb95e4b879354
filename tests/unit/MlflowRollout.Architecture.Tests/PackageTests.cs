using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Architecture.Tests;

/// <summary>What users install.</summary>
public sealed class PackageTests
{
    private static readonly string[] Platforms = ["win", "win-x64", "win-arm64", "linux", "linux-x64", "linux-arm64", "osx", "osx-arm64", "unix"];

    [Fact]
    public void Module_Size_IsAtMost30Megabytes() => Assert.InRange(SizeOf(PackagePaths.Module), 1, 30L * 1024 * 1024);

    [Fact]
    public void Module_DefaultContextFolder_HoldsOnlyOurTwoAssemblies() => Assert.Equal(
        ["MlflowRollout.Abstractions.dll", "MlflowRollout.dll"],
        Directory.GetFiles(Path.Combine(PackagePaths.Module, "bin"), "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("MlflowRollout.Abstractions.dll")]
    [InlineData("System.Management.Automation.dll")]
    public void Module_EngineFolder_DoesNotHoldWhatTheDefaultContextOwns(string file) =>
        Assert.False(File.Exists(Path.Combine(PackagePaths.Module, "bin", "engine", file)));

    [Theory]
    [InlineData("MlflowRollout.Engine.dll")]
    [InlineData("MlflowRollout.Engine.deps.json")]
    [InlineData("Azure.Core.dll")]
    [InlineData("YamlDotNet.dll")]
    public void Module_EngineFolder_HoldsTheEngineAndItsPackages(string file) =>
        Assert.True(File.Exists(Path.Combine(PackagePaths.Module, "bin", "engine", file)), file);

    [Theory]
    [InlineData("MlflowRollout.psd1")]
    [InlineData("MlflowRollout.Format.ps1xml")]
    [InlineData("MlflowRollout.Types.ps1xml")]
    [InlineData("LICENSE")]
    public void Module_Folder_HoldsItsFiles(string file) => Assert.True(File.Exists(Path.Combine(PackagePaths.Module, file)), file);

    [Fact]
    public void Manifests_Version_IsThatOfTheBuild()
    {
        Assert.Contains($"= '{PackagePaths.Version}'", File.ReadAllText(Path.Combine(PackagePaths.Module, "MlflowRollout.psd1")), StringComparison.Ordinal);
        Assert.Contains($"= '{PackagePaths.Version}'", File.ReadAllText(Path.Combine(PackagePaths.Emulator, "MlflowRollout.Emulator.psd1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_Text_SurvivesComposing()
    {
        // MSBuild treats semicolons and percent signs as its own; the stamped manifest must differ in the version only.
        string source = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "MlflowRollout.psd1")).Replace("0.0.0", PackagePaths.Version, StringComparison.Ordinal);

        Assert.Equal(source.ReplaceLineEndings("\n").TrimEnd(), File.ReadAllText(Path.Combine(PackagePaths.Module, "MlflowRollout.psd1")).ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public void Emulator_Natives_AreForSupportedPlatformsOnly()
    {
        string runtimes = Path.Combine(PackagePaths.Emulator, "bin", "runtimes");

        Assert.Empty(Directory.GetDirectories(runtimes).Select(Path.GetFileName).Except(Platforms));
        foreach (string library in new[] { "win-x64/native/onnxruntime.dll", "win-arm64/native/onnxruntime.dll", "linux-x64/native/libonnxruntime.so", "linux-arm64/native/libonnxruntime.so", "osx-arm64/native/libonnxruntime.dylib" })
        {
            Assert.True(File.Exists(Path.Combine(runtimes, library)), library);
        }
    }

    [Theory]
    [InlineData("MlflowRollout.Emulator.dll")]
    [InlineData("MlflowRollout.Emulator.deps.json")]
    [InlineData("MlflowRollout.Emulator.runtimeconfig.json")]
    public void Emulator_Folder_CanBeStarted(string file) => Assert.True(File.Exists(Path.Combine(PackagePaths.Emulator, "bin", file)), file);

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
