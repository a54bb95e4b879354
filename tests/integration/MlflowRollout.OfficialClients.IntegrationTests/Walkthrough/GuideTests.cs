using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Walkthrough;

/// <summary>The snippets of the guide do what it says.</summary>
[Collection("emulator")]
public sealed class GuideTests(EmulatorFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Dictionary<string, string?> Environment => new() { ["EMULATOR_CONNECTION"] = fixture.Emulator.ConnectionFile, ["PYTHONDONTWRITEBYTECODE"] = "1" };

    [SkippableFact]
    public async Task Guide_PythonSnippet_Predicts()
    {
        string interpreter = Drivers.RequirePython();
        using TemporaryFolder folder = new();
        string snippet = folder.Write("snippet.py", Snippet("python"));

        // The stand-in for pydash, which the guide tells its reader to install.
        await using ChildProcess python = new(interpreter, [snippet], RepositoryPaths.Root, new Dictionary<string, string?>(Environment) { ["PYTHONPATH"] = Drivers.StandIn });

        Assert.True(await python.WaitForExitAsync(Patience) == 0, python.Describe());
        Assert.Matches(@"\[[01], [01], [01], [01]\]|\[[01],[01],[01],[01]\]", python.StandardOutput);
    }

    [SkippableFact]
    public async Task Guide_NodeSnippet_MakesAnEndpoint()
    {
        Drivers.RequireNodePackage("@azure/arm-machinelearning");
        using TemporaryFolder folder = new();
        string snippet = folder.Write("snippet.mjs", Snippet("js"));
        Directory.CreateSymbolicLink(folder["node_modules"], Path.Combine(Drivers.NodeFolder, "node_modules"));

        await using ChildProcess node = new("node", [snippet], RepositoryPaths.Root, Environment);

        Assert.True(await node.WaitForExitAsync(Patience) == 0, node.Describe());
        Assert.Equal(new Uri(fixture.Emulator.ArmEndpoint, "/online/heart-guide/score").AbsoluteUri, node.StandardOutput.Trim());
    }

    private static string Snippet(string language)
    {
        string guide = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "guides", "official-clients.md")).ReplaceLineEndings("\n");
        string fence = $"\n```{language}\n";
        int start = guide.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        Assert.True(start >= fence.Length, $"The guide has no block of {language}.");
        return guide[start..guide.IndexOf("\n```", start, StringComparison.Ordinal)] + "\n";
    }
}
