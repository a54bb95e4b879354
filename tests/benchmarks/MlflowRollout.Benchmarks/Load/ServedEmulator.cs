using System.Text.Json.Nodes;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>An emulator in its own process with the heart classifier in service, and a session connected to it.</summary>
internal sealed class ServedEmulator : IAsyncDisposable
{
    private ServedEmulator(EmulatorProcess emulator, ModuleSession session)
    {
        Emulator = emulator;
        Session = session;
    }

    public EmulatorProcess Emulator { get; }

    public ModuleSession Session { get; }

    /// <summary>The certificate that it shows, with its key.</summary>
    public string CertificateFile => Path.Combine(Emulator.DataFolder, "tls", "server.pem");

    public static string ModelFile => Path.Combine(ExampleModels.Version(2), "model.onnx");

    /// <summary>A request of one row.</summary>
    public static string OneRow()
    {
        JsonNode sample = JsonNode.Parse(File.ReadAllText(ExampleModels.SampleRequest))!["input_data"]!;
        return new JsonObject
        {
            ["input_data"] = new JsonObject
            {
                ["columns"] = sample["columns"]!.DeepClone(),
                ["index"] = new JsonArray(0),
                ["data"] = new JsonArray(sample["data"]![0]!.DeepClone()),
            },
        }.ToJsonString();
    }

    public static async Task<ServedEmulator> StartAsync()
    {
        EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        ModuleSession session = new(new ModuleSessionOptions { ErrorActionPreference = "Stop" });
        session.Invoke("Connect-MlWorkspace -Emulator -ConnectionFile $args[0]; $model = Register-MlModel heart -Path $args[1]", emulator.ConnectionFile, ExampleModels.Version(2)).AssertSucceeded();
        return new ServedEmulator(emulator, session);
    }

    /// <summary>Makes an endpoint with so many deployments, the traffic shared evenly, and says where it is.</summary>
    public LoadTarget Serve(string endpoint, int deployments, int concurrency = 32)
    {
        InvocationResult made = Session.Invoke(
            """
            param($name, $count, $concurrency)
            $endpoint = New-MlEndpoint $name
            $weights = @{}
            for ($i = 0; $i -lt $count; $i++) {
                $null = $model | New-MlDeployment "blue-$i" -Endpoint $endpoint -InstanceType Standard_DS2_v2 -MaxConcurrentRequestsPerInstance $concurrency
                $weights["blue-$i"] = 100 / $count
            }
            Set-MlTraffic $weights -Endpoint $endpoint
            $endpoint.ScoringUri
            $endpoint | Get-MlEndpointKey -AsPlainText
            """,
            endpoint,
            deployments,
            concurrency);
        object?[] values = [.. made.Values()];
        LoadTarget target = new((Uri)values[^2]!, OneRow(), (string)values[^1]!, Emulator.Id);
        return target;
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await Emulator.DisposeAsync();
    }
}
