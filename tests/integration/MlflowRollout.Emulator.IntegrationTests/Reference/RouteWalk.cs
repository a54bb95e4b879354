using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.IntegrationTests.Reference;

/// <summary>Calls routes one after another on one emulator; what one makes the next can use.</summary>
internal sealed class RouteWalk : IDisposable
{
    private readonly ControlPlaneClient _client;
    private readonly HttpClient _open;
    private readonly Dictionary<string, string> _places;

    private RouteWalk(ControlPlaneClient client, string prefix)
    {
        _client = client;
        _open = client.Emulator.CreateHttpClient(authorized: false);
        string group = client.Workspace[..client.Workspace.IndexOf("/workspaces/", StringComparison.Ordinal)];
        _places = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["{workspace}"] = client.Workspace,
            ["{group}"] = group,
            ["{registry}"] = $"{group}/registries/emulator-registry",
            ["{subscription}"] = client.Emulator.Connection.SubscriptionId,
            ["{location}"] = client.Emulator.Connection.Location,
            ["{endpoint}"] = "walked",
            ["{deployment}"] = "blue",
            ["{model}"] = "walked-model",
            ["{environment}"] = "walked-environment",
            ["{code}"] = "walked-code",
            ["{modelUri}"] = client.DatastoreUri(prefix),
            ["{codeUri}"] = client.DatastoreUri(prefix),
            ["{registryModelUri}"] = client.DatastoreUri(prefix),
            ["{registryOperation}"] = $"/subscriptions/{client.Emulator.Connection.SubscriptionId}/providers/Microsoft.MachineLearningServices/locations/{client.Emulator.Connection.Location}/registryOperationsStatus/none",
            ["{row}"] = ScoringClient.OneRow,
            ["{rowQuery}"] = Uri.EscapeDataString(JsonNode.Parse(ScoringClient.OneRow)!["input_data"]!.ToJsonString()),
            ["{operation}"] = "none",
        };
    }

    /// <summary>A walk on an emulator that has the files of a model.</summary>
    public static async Task<RouteWalk> BeginAsync(ControlPlaneClient client) => new(client, await client.UploadAsync("walked", "1", ExampleModels.V1));

    public void Dispose() => _open.Dispose();

    /// <summary>Calls a route, waits for what it started, and says how it was answered.</summary>
    public async Task<(HttpStatusCode Status, string Text, bool IsNotSupported)> CallAsync(ReferenceRoute route)
    {
        string path = Fill(route.Path);
        if (route.Plane is null)
        {
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version={route.ApiVersion ?? ControlPlaneClient.ApiVersion}";
        }

        using HttpRequestMessage request = new(new HttpMethod(route.Method), path);
        if (route.Body is not null)
        {
            string text = route.Body is JsonValue value && value.TryGetValue(out string? place) ? place : route.Body.ToJsonString();
            request.Content = new StringContent(Fill(text), Encoding.UTF8, "application/json");
        }

        if (route.Plane is "scoring" or "kubernetes")
        {
            string endpoint = _places["{endpoint}"] + (route.Plane == "kubernetes" ? "-k" : string.Empty);
            JsonNode keys = (await _client.PostAsync($"/onlineEndpoints/{endpoint}/listKeys")).Body;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys["primaryKey"]?.GetValue<string>());
            request.Headers.Add("azureml-model-deployment", _places["{deployment}"]);
        }

        using HttpResponseMessage response = await (route.Plane is null ? _client.Emulator.Http : _open).SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode && response.Headers.TryGetValues("Azure-AsyncOperation", out IEnumerable<string>? operations))
        {
            string operation = operations.Single();
            string address = new Uri(operation).AbsolutePath;
            _places[address.Contains("registryOperationsStatus", StringComparison.Ordinal) ? "{registryOperation}" : "{operation}"] =
                address.Contains("registryOperationsStatus", StringComparison.Ordinal) ? address : address[(address.LastIndexOf('/') + 1)..];
            JsonNode status = await _client.CompleteAsync(operation);
            if (status["status"]!.GetValue<string>() != "Succeeded")
            {
                return (HttpStatusCode.Conflict, status.ToJsonString(), false);
            }
        }

        return (response.StatusCode, answer, response.StatusCode == HttpStatusCode.NotImplemented && answer.Contains("\"EmulatorNotSupported\"", StringComparison.Ordinal));
    }

    private string Fill(string text)
    {
        foreach ((string place, string value) in _places)
        {
            text = text.Replace(place, value, StringComparison.Ordinal);
        }

        return text;
    }
}
