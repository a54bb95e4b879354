using System.Text.Json.Nodes;
using MlflowRollout.OfficialClients.IntegrationTests.Recording;
using MlflowRollout.Testing;
using Xunit.Sdk;

namespace MlflowRollout.OfficialClients.IntegrationTests.Comparison;

/// <summary>Lets both clients do the same on an emulator of its own for each, and compares what they send.</summary>
internal static class ClientComparison
{
    /// <summary>The folder of the definitions that both clients get.</summary>
    public static string Definitions { get; } =
        Path.Combine(RepositoryPaths.Root, "tests", "integration", "MlflowRollout.OfficialClients.IntegrationTests", "Comparison", "definitions");

    /// <summary>
    /// Runs parts of <c>definitions.py</c>, and scripts of the module that do the same. A difference of several scripts is there once.
    /// </summary>
    public static async Task<IReadOnlyList<Difference>> CompareAsync(string[] parts, string[] scripts)
    {
        Task<IReadOnlyList<NormalizedRequest>> official = RecordAsync(async proxy =>
        {
            ClientRun run = await Drivers.RunPythonAsync("definitions.py", [proxy.ConnectionFile, Definitions, .. parts]);
            foreach (string part in parts)
            {
                run.Step(part);
            }

            run.AssertWholeRunChecked();
        });
        HashSet<Difference> differences = [];
        foreach (string script in scripts)
        {
            IReadOnlyList<NormalizedRequest> ours = await RecordAsync(proxy => Task.Run(() =>
            {
                using ModuleSession session = new();
                session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]", proxy.ConnectionFile).AssertSucceeded();
                session.Invoke("& $args[0] $args[1]", Path.Combine(Path.GetDirectoryName(Definitions)!, script), Definitions).AssertSucceeded();
            }));
            differences.UnionWith(Difference.Between(await official, ours));
        }

        return [.. differences];
    }

    /// <summary>Fails when a difference is not in the list, or something in the list is no difference any more.</summary>
    public static void AssertListed(IReadOnlyList<Difference> differences)
    {
        Difference[] unexplained = [.. differences.Where(static difference => !JustifiedDifference.All.Any(entry => entry.Covers(difference)))];
        JustifiedDifference[] gone = [.. JustifiedDifference.All.Where(entry => !differences.Any(entry.Covers))];
        if (unexplained.Length + gone.Length > 0)
        {
            throw new XunitException(
                $"The clients differ where Comparison/differences.json gives no reason (request | value | official | ours):\n{string.Join('\n', unexplained.AsEnumerable())}\n"
                + $"The list has these, and they are none:\n{string.Join('\n', gone.AsEnumerable())}");
        }
    }

    private static async Task<IReadOnlyList<NormalizedRequest>> RecordAsync(Func<RecordingProxy, Task> act)
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        string store = await emulator.Http.GetStringAsync($"{emulator.Connection.WorkspaceId}/datastores/workspaceblobstore?api-version=2024-10-01");
        JsonNode properties = JsonNode.Parse(store)!["properties"]!;
        await using RecordingProxy proxy = await RecordingProxy.StartAsync(emulator);
        await act(proxy);
        IReadOnlyList<RecordedRequest> requests = proxy.Take();
        await emulator.StopAsync();
        Normalizer normalizer = new(emulator.Connection, properties["accountName"]!.GetValue<string>(), properties["containerName"]!.GetValue<string>());
        return normalizer.Normalize(requests);
    }
}
