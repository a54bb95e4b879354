using System.Globalization;
using System.Text;
using System.Text.Json;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.Tests.Serving;

/// <summary>One example model, started as a deployment is, asked without a gateway.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly ServingPlane _plane;
    private readonly RunningDeployment _deployment;

    private ServedModel(ServingPlane plane, RunningDeployment deployment)
    {
        _plane = plane;
        _deployment = deployment;
    }

    public static readonly string[] Columns =
        ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal"];

    public static readonly string Row = """[59, 1, 4, 161, 219, 0, 2, 154, 0, 1.2, 1, 1, "normal"]""";

    public IModelServer Server => _deployment.Server;

    public static async Task<ServedModel> StartAsync(string folder, Dictionary<string, string>? variables = null)
    {
        var plane = new ServingPlane(TimeProvider.System);
        var running = await plane.StartAsync(Specification(folder, variables), CancellationToken.None);
        return new ServedModel(plane, (RunningDeployment)running);
    }

    public static DeploymentSpecification Specification(string? folder, Dictionary<string, string>? variables = null)
        => new("heart", "blue", folder, "azureml:heart:1", 1, 4, TimeSpan.Zero, TimeSpan.FromSeconds(30), variables ?? []);

    /// <summary>A split-orient body.</summary>
    public static string Split(string rows, IEnumerable<string>? columns = null)
        => $$"""{"input_data":{"columns":{{JsonSerializer.Serialize(columns ?? Columns)}},"index":{{Index(rows)}},"data": {{rows}} } }""";

    /// <summary>The committed rows as JSON rows.</summary>
    public static List<string> ExampleRows()
        => [.. File.ReadLines(ExampleModels.Rows).Skip(1).Select(line =>
        {
            var cells = line.Split(',');
            return $"[{string.Join(',', cells.Take(cells.Length - 1).Select(c => c.Length == 0 ? "null" : c))},\"{cells[^1]}\"]";
        })];

    /// <summary>The committed labels of a version.</summary>
    public static List<int> ExpectedLabels(int version)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(ExampleModels.HeartClassifier, "expected", $"model-v{version}.json")));
        return [.. expected.RootElement.EnumerateArray().Select(e => e.GetProperty("label").GetInt32())];
    }

    public async Task<ModelAnswer> ScoreAsync(string body, string? contentType = "application/json")
    {
        using var exchange = new ModelExchange();
        exchange.Begin(Encoding.UTF8.GetBytes(body), contentType, long.MaxValue);
        await Server.ScoreAsync(exchange, CancellationToken.None);
        return new ModelAnswer(exchange.Status, exchange.FunctionFailed, Encoding.UTF8.GetString(exchange.Response.Span));
    }

    public async ValueTask DisposeAsync()
    {
        await _deployment.DisposeAsync();
        await _plane.DisposeAsync();
    }

    private static string Index(string rows)
    {
        using var parsed = JsonDocument.Parse(rows);
        return $"[{string.Join(',', Enumerable.Range(0, parsed.RootElement.GetArrayLength()).Select(i => i.ToString(CultureInfo.InvariantCulture)))}]";
    }
}

/// <summary>What the container answered.</summary>
internal sealed record ModelAnswer(int Status, bool FunctionFailed, string Body)
{
    public List<int> Labels() => JsonSerializer.Deserialize<List<int>>(Body)!;

    public string Message()
    {
        using var body = JsonDocument.Parse(Body);
        return body.RootElement.GetProperty("message").GetString()!;
    }
}
