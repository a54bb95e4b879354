using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Metrics;

/// <summary>The Python package <c>azure-mgmt-monitor</c> reads what the emulator has counted, and understands why it is refused.</summary>
[Collection("emulator")]
public sealed class AzureMonitorTests(EmulatorFixture fixture)
{
    private const string Name = "metered-python";
    private const int Requests = 3;

    private string Endpoint => $"{fixture.Emulator.Connection.WorkspaceId}/onlineEndpoints/{Name}";

    [SkippableFact]
    public async Task AzureMgmtMonitor_Metrics_AreThoseOfTheRequests()
    {
        await CallAnEndpointAsync();

        ClientRun run = await Drivers.RunPythonAsync("metrics.py", fixture.Emulator.ConnectionFile, Name);

        run.Step("definitions", definitions =>
        {
            Assert.Contains("RequestLatency_P95", definitions.EnumerateArray().Select(definition => definition.Text("name")));
            Assert.All(definitions.EnumerateArray(), definition => Assert.Equal(("Average", 60), (definition.Text("aggregation"), definition.GetProperty("grain").GetDouble())));
        });
        run.Step("requests", answer =>
        {
            Assert.Equal("Microsoft.MachineLearningServices/workspaces/onlineEndpoints", answer.Text("namespace"));
            Assert.Equal(60, answer.GetProperty("interval").GetDouble());
            JsonElement line = Assert.Single(Assert.Single(answer.GetProperty("metrics").EnumerateArray()).GetProperty("lines").EnumerateArray());
            Assert.Equal(Requests, line.GetProperty("sum").GetDouble());
            Assert.InRange(line.GetProperty("points").GetInt32(), 21, 22);
        });
        run.Step("by-status", answer => Assert.All(answer.GetProperty("metrics").EnumerateArray(), metric =>
        {
            // Nothing was deployed: the requests reached no deployment.
            JsonElement line = Assert.Single(metric.GetProperty("lines").EnumerateArray());
            Assert.Equal(string.Empty, line.GetProperty("of").Text("deployment"));
            Assert.True(line.GetProperty("sum").GetDouble() > 0);
        }));
        run.Refused("unknown-metric", error => AssertRefused(error, "Valid metrics: RequestsPerMinute,RequestLatency"));
        run.Refused("unknown-dimension", error => AssertRefused(error, "does not support requested dimension combination: region"));
        run.Refused("unknown-interval", error => AssertRefused(error, "Invalid time grain duration: PT7M"));
        run.AssertWholeRunChecked();
    }

    private static void AssertRefused(ClientError error, string says)
    {
        Assert.Equal(("HttpResponseError", 400, "BadRequest"), (error.Type, error.Status, error.Code));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private async Task CallAnEndpointAsync()
    {
        HttpClient http = fixture.Emulator.Http;
        using StringContent body = new("""{"location":"local","identity":{"type":"SystemAssigned"},"properties":{"authMode":"Key"}}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage accepted = await http.PutAsync($"{Endpoint}?api-version=2024-10-01", body);
        accepted.EnsureSuccessStatusCode();
        JsonNode status;
        do
        {
            status = JsonNode.Parse(await http.GetStringAsync(accepted.Headers.GetValues("Azure-AsyncOperation").Single()))!;
        }
        while (status["status"]!.GetValue<string>() == "Creating");
        using HttpResponseMessage listed = await http.PostAsync($"{Endpoint}/listKeys?api-version=2024-10-01", null);
        string key = JsonNode.Parse(await listed.Content.ReadAsStringAsync())!["primaryKey"]!.GetValue<string>();
        for (int i = 0; i < Requests; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, $"/online/{Name}/score") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.Equal(404, (int)answer.StatusCode);
        }
    }
}
