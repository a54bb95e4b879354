using System.Reflection;
using System.Runtime.Loader;

namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>
/// Loads the assembly to be read with what lies beside it. PowerShell's own assembly comes from the process (the standard library beside the tool, the real
/// engine in tests). Attributes are read as data: no code of the assembly runs.
/// </summary>
internal sealed class CmdletAssemblyLoadContext(string assemblyPath) : AssemblyLoadContext("Help compiler", isCollectible: true)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(assemblyPath))!;

    /// <summary>Loads the assembly itself, from memory so that its file is not held while a build goes on.</summary>
    internal Assembly LoadMain() => LoadCopy(Path.GetFullPath(assemblyPath));

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is null or "System.Management.Automation")
        {
            return null;
        }

        string beside = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(beside) ? LoadCopy(beside) : null;
    }

    private Assembly LoadCopy(string path)
    {
        using var copy = new MemoryStream(File.ReadAllBytes(path));
        return LoadFromStream(copy);
    }
}
