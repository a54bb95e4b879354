using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Architecture.Tests;

/// <summary>Dependencies point one way: cmdlets and engine to the abstractions, never to each other; the emulator to none of them.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData("MlflowRollout.Abstractions", "")]
    [InlineData("MlflowRollout", "MlflowRollout.Abstractions")]
    [InlineData("MlflowRollout.Engine", "MlflowRollout.Abstractions")]
    [InlineData("MlflowRollout.Emulator", "")]
    [InlineData("MlflowRollout.Shell", "")]
    public void Project_References_AreThoseOfTheDesign(string project, string expected)
    {
        string[] references = [.. ProjectFile(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), references);
    }

    [Theory]
    [InlineData("MlflowRollout.Abstractions", "")]
    [InlineData("MlflowRollout", "PowerShellStandard.Library")]
    [InlineData("MlflowRollout.Engine", "Azure.Identity,Azure.ResourceManager,Azure.Storage.Blobs,YamlDotNet")]
    [InlineData("MlflowRollout.Emulator", "Microsoft.Data.Sqlite,Microsoft.ML.OnnxRuntime,YamlDotNet")]
    [InlineData("MlflowRollout.Shell", "System.Management.Automation")]
    public void Project_Packages_AreThoseOfTheDesign(string project, string expected)
    {
        string[] packages = [.. ProjectFile(project).Descendants("PackageReference")
            .Select(reference => (string)reference.Attribute("Include")!)
            .Order(StringComparer.Ordinal)];

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), packages);
    }

    [Theory]
    [InlineData("MlflowRollout.dll", "MlflowRollout.Abstractions,System.Management.Automation")]
    [InlineData("MlflowRollout.Abstractions.dll", "")]
    public void Assembly_InTheDefaultContext_ReferencesTheFrameworkOnly(string file, string allowed)
    {
        using PEReader reader = Open(Path.Combine(PackagePaths.Module, "bin", file));
        MetadataReader metadata = reader.GetMetadataReader();
        string[] referenced = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];

        Assert.Empty(referenced.Where(name => !IsFramework(name)).Except(allowed.Split(',', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("MlflowRollout.dll")]
    [InlineData("MlflowRollout.Abstractions.dll")]
    public void Assembly_InTheDefaultContext_UsesNoJsonType(string file)
    {
        using PEReader reader = Open(Path.Combine(PackagePaths.Module, "bin", file));
        MetadataReader metadata = reader.GetMetadataReader();

        Assert.DoesNotContain(metadata.TypeReferences, handle =>
            metadata.GetString(metadata.GetTypeReference(handle).Namespace).StartsWith("System.Text.Json", StringComparison.Ordinal));
    }

    private static bool IsFramework(string name) =>
        name is "System.Runtime" or "netstandard" or "mscorlib" || (name.StartsWith("System.", StringComparison.Ordinal) && name != "System.Management.Automation")
        || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);

    private static XDocument ProjectFile(string project) =>
        XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", project, project + ".csproj"));

    private static PEReader Open(string path) => new(File.OpenRead(path));
}
