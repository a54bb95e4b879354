using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.IntegrationTests.Scoring;

/// <summary>Scores as any HTTP client does: the endpoint's address and key, nothing of the control plane.</summary>
internal sealed class ScoringClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _key;

    private ScoringClient(HttpClient http, Uri scoring, string key)
    {
        _http = http;
        Scoring = scoring;
        _key = key;
    }

    public Uri Scoring { get; }

    /// <summary>One row of the example data.</summary>
    public static string OneRow { get; } = Body(Rows()[..1]);

    public static async Task<ScoringClient> OfAsync(ControlPlaneClient control, string endpoint)
    {
        JsonNode description = (await control.GetAsync($"/onlineEndpoints/{endpoint}")).Body;
        JsonNode keys = (await control.PostAsync($"/onlineEndpoints/{endpoint}/listKeys")).Body;
        return new ScoringClient(
            control.Emulator.CreateHttpClient(authorized: false),
            new Uri(description["properties"]!["scoringUri"]!.GetValue<string>()),
            keys["primaryKey"]!.GetValue<string>());
    }

    /// <summary>The committed rows as JSON rows.</summary>
    public static string[] Rows() =>
        [.. File.ReadLines(ExampleModels.Rows).Skip(1).Select(line =>
        {
            string[] cells = line.Split(',');
            return $"[{string.Join(',', cells[..^1].Select(cell => cell.Length == 0 ? "null" : cell))},\"{cells[^1]}\"]";
        })];

    /// <summary>The committed labels of a version.</summary>
    public static int[] ExpectedLabels(int version)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(ExampleModels.HeartClassifier, "expected", $"model-v{version}.json")));
        return [.. expected.RootElement.EnumerateArray().Select(answer => answer.GetProperty("label").GetInt32())];
    }

    /// <summary>A split-orient body of rows.</summary>
    public static string Body(string[] rows)
    {
        string columns = string.Join(',', File.ReadLines(ExampleModels.Rows).First().Split(',').Select(name => $"\"{name}\""));
        return "{\"input_data\":{\"columns\":[" + columns + "],\"index\":[" + string.Join(',', Enumerable.Range(0, rows.Length)) + "],\"data\":[" + string.Join(',', rows) + "]}}";
    }

    public Task<ScoringAnswer> ScoreAsync(string? body = null, string? pin = null, string? key = null, CancellationToken cancellation = default)
        => SendAsync(HttpMethod.Post, Scoring, new StringContent(body ?? OneRow, Encoding.UTF8, "application/json"), pin, key, cancellation);

    public Task<ScoringAnswer> GetAsync(string relative, string? pin = null)
        => SendAsync(HttpMethod.Get, new Uri(Scoring, relative), null, pin, null, CancellationToken.None);

    public async Task<ScoringAnswer> SendAsync(HttpMethod method, Uri address, HttpContent? content, string? pin, string? key, CancellationToken cancellation, params (string Name, string Value)[] more)
    {
        using HttpRequestMessage request = new(method, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? _key);
        if (pin is not null)
        {
            request.Headers.Add("azureml-model-deployment", pin);
        }

        foreach ((string name, string value) in more)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
        Dictionary<string, string> headers = response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        return new ScoringAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation), headers);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What a client sees.</summary>
internal sealed record ScoringAnswer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public string? Deployment => Headers.GetValueOrDefault("azureml-model-deployment");

    public int[] Labels => JsonSerializer.Deserialize<int[]>(Text)!;
}
