using System.Diagnostics;
using MlflowRollout.Services;

namespace MlflowRollout.Net8Host;

/// <summary>The main job, step by step, through the engine: connect, endpoint, model, deployment, rows, traffic, retire.</summary>
internal static class Walkthrough
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static MlConnectionRequest Ephemeral(string packages) => new()
    {
        UseEmulator = true,
        Ephemeral = true,
        EmulatorOptions = new MlEmulatorOptions { PackageFolders = [packages], Ephemeral = true },
    };

    public static async Task RunAsync(ComposedModule module, string packages, string example, Dictionary<string, object?> answer)
    {
        IMlEngine engine = (IMlEngine)module.CreateEngine();
        ConsoleContext context = new();
        IMlWorkspaceClient workspace = await engine.ConnectAsync(Ephemeral(packages), context, None);
        try
        {
            MlEmulator emulator = (await engine.Emulators.ListAsync(None)).Single();
            answer["emulatorRuntime"] = RuntimeOf(emulator.ProcessId);
            await RollOutAsync(workspace, example, context, answer);
        }
        finally
        {
            await engine.DisconnectAsync(workspace.Workspace.ConnectionId, context, None);
        }

        answer["emulatorsLeft"] = (await engine.Emulators.ListAsync(None)).Count(emulator => emulator.IsRunning);
    }

    private static async Task RollOutAsync(IMlWorkspaceClient workspace, string example, ConsoleContext context, Dictionary<string, object?> answer)
    {
        MlEndpoint endpoint = (await workspace.Endpoints.CreateAsync(new MlEndpointSpecification { Name = "heart", UniqueSuffix = true }, context, None))!;
        await DeployAsync(workspace, endpoint.Name, "default", Path.Combine(example, "model-v1"), allTraffic: true, context);
        answer["blue"] = await PredictAsync(workspace, endpoint.Name, null, example, context);

        await DeployAsync(workspace, endpoint.Name, "green", Path.Combine(example, "model-v2"), allTraffic: false, context);
        answer["green"] = await PredictAsync(workspace, endpoint.Name, "green", example, context);

        answer["tenth"] = (await SetWeightAsync(workspace, endpoint.Name, 10, context)).ToString();
        answer["answered"] = await ScoreRowsAsync(workspace, endpoint.Name, example, context);
        answer["all"] = (await SetWeightAsync(workspace, endpoint.Name, 100, context)).ToString();
        await workspace.Deployments.RemoveAsync(endpoint.Name, "default", null, false, null, context, None);

        MlEndpoint read = await workspace.Endpoints.GetAsync(endpoint.Name, None);
        answer["left"] = read.Traffic.ToString();
        answer["retired"] = await PredictAsync(workspace, endpoint.Name, null, example, context);
        await workspace.Endpoints.RemoveAsync(endpoint.Name, false, null, context, None);
    }

    private static async Task DeployAsync(IMlWorkspaceClient workspace, string endpoint, string name, string folder, bool allTraffic, ConsoleContext context)
    {
        MlModel model = (await workspace.Models.RegisterAsync(new MlModelRegistration { Name = "heart", Source = folder }, context, None))!;
        MlDeploymentResult result = (await workspace.Deployments.CreateAsync(
            new MlDeploymentSpecification
            {
                EndpointName = endpoint,
                Name = name,
                AllTraffic = allTraffic,
                Settings = new MlDeploymentSettings { Model = model, InstanceType = "Standard_DS2_v2", InstanceCount = 1 },
            },
            context,
            None))!;
        if (result.LaterError is { } error)
        {
            throw error;
        }
    }

    private static async Task<MlTrafficMap> SetWeightAsync(IMlWorkspaceClient workspace, string endpoint, int weight, ConsoleContext context) =>
        (await workspace.Traffic.SetAsync(new MlTrafficChange { EndpointName = endpoint, DeploymentName = "green", Weight = weight }, context, None))!.Traffic;

    private static async Task<string> PredictAsync(IMlWorkspaceClient workspace, string endpoint, string? deployment, string example, ConsoleContext context)
    {
        IMlScoringClient client = await workspace.OpenScoringAsync(endpoint, deployment, context, None);
        MlScoringResponse response = await client.SendAsync(await File.ReadAllBytesAsync(Path.Combine(example, "sample.json")), None);
        return $"{response.Deployment}: {string.Join(' ', response.Predictions.Select(prediction => prediction.Prediction))}";
    }

    // All committed rows, one request each, as the row stream of Invoke-MlEndpoint sends them.
    private static async Task<Dictionary<string, int>> ScoreRowsAsync(IMlWorkspaceClient workspace, string endpoint, string example, ConsoleContext context)
    {
        IMlScoringClient client = await workspace.OpenScoringAsync(endpoint, null, context, None);
        MlModelSignature signature = (await client.GetSignatureAsync(None))!;
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(example, "rows.csv"));
        Dictionary<string, int> answered = [];
        using IMlRowStream stream = client.OpenRowStream(new MlRowStreamOptions { Signature = signature, BatchSize = 1 });
        int next = 1;
        while (!stream.IsFinished)
        {
            while (next < lines.Length && stream.TryAdd(new MlRow(next - 1, null, [.. lines[next].Split(',')])))
            {
                next++;
            }

            if (next == lines.Length)
            {
                stream.Complete();
            }

            while (stream.TryTake(out MlPrediction? prediction))
            {
                string key = prediction.Error ?? prediction.Deployment ?? "nobody";
                answered[key] = answered.GetValueOrDefault(key) + 1;
            }

            stream.Wait(None);
        }

        return answered;
    }

    private static string? RuntimeOf(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        return process.Modules.Cast<ProcessModule>().FirstOrDefault(module => module.ModuleName.Contains("coreclr", StringComparison.OrdinalIgnoreCase))?.FileName;
    }
}
