using MlflowRollout.Testing;

namespace MlflowRollout.OfficialClients.IntegrationTests;

/// <summary>The drivers of the official clients, and what they need.</summary>
internal static class Drivers
{
    private static readonly Dictionary<string, string?> Plain = new() { ["PYTHONDONTWRITEBYTECODE"] = "1", ["PYTHONUNBUFFERED"] = "1", ["NO_COLOR"] = "1" };

    /// <summary>The folder of the npm packages.</summary>
    public static string NodeFolder => Path.Combine(Folder, "node");

    /// <summary>The folder of the stand-in for pydash.</summary>
    public static string StandIn => Path.Combine(PythonFolder, "standin");

    private static string Folder => Path.Combine(RepositoryPaths.Root, "tests", "integration", "MlflowRollout.OfficialClients.IntegrationTests");

    private static string PythonFolder => Path.Combine(Folder, "python");

    /// <summary>Runs a script in <c>python/</c> with azure.ai.ml.</summary>
    public static Task<ClientRun> RunPythonAsync(string script, params string[] arguments) =>
        ClientRun.StartAsync(RequirePython(), [Path.Combine(PythonFolder, script), .. arguments], Plain);

    /// <summary>Needs a Python with azure.ai.ml; returns the interpreter.</summary>
    public static string RequirePython()
    {
        string? interpreter = Requirement.FindPythonThatRuns($"import sys; sys.path.insert(0, r'''{StandIn}'''); import azure.ai.ml");
        Requirement.Require(interpreter is not null, "no Python interpreter here imports azure.ai.ml (on Debian: apt-get install python3-azure)");
        return interpreter!;
    }

    /// <summary>Runs a script in <c>node/</c>.</summary>
    public static Task<ClientRun> RunNodeAsync(string script, params string[] arguments)
    {
        RequireNodePackage("@azure/arm-machinelearning");
        return ClientRun.StartAsync("node", [Path.Combine(NodeFolder, script), .. arguments], Plain);
    }

    /// <summary>Needs an npm package of <c>node/package.json</c>; returns its folder.</summary>
    public static string RequireNodePackage(string name)
    {
        Requirement.Node();
        string folder = Path.Combine([NodeFolder, "node_modules", .. name.Split('/')]);
        Requirement.Require(Directory.Exists(folder), $"the npm package {name} is not installed (npm ci --prefix {Path.GetRelativePath(RepositoryPaths.Root, NodeFolder)})");
        return folder;
    }
}
