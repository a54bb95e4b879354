using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Scoring;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>Reads what an emulator has of one client's endpoint and model, in the form of its record.</summary>
internal static class WorkspaceReader
{
    private const int RowsToScore = 8;

    public static string Weights(JsonNode? map) => map is JsonObject weights
        ? string.Join(' ', weights.Where(entry => entry.Value!.GetValue<int>() > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"))
        : string.Empty;

    /// <summary>Reads everything, once all that is under way has ended.</summary>
    public static async Task<SortedDictionary<string, string>> ReadAsync(ControlPlaneClient client, ChangingClient owner)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (JsonNode version in await ListAsync(client, $"/models/{owner.Model}/versions"))
        {
            string uri = version["properties"]!["modelUri"]!.GetValue<string>();
            found[$"model {version["name"]}"] = $"{uri[uri.IndexOf("LocalUpload/", StringComparison.Ordinal)..]} tag={version["properties"]!["tags"]?["tag"]}";
        }

        foreach (JsonNode version in await ListAsync(client, $"/environments/{owner.Environment}/versions?$top=1000"))
        {
            found[$"environment {version["name"]}"] = version["properties"]!["image"]!.GetValue<string>();
        }

        await ReadMadeAsync(client, $"{client.Workspace}/environments/{owner.Package}", "package", found);
        await ReadMadeAsync(client, $"{client.Registry}/models/{owner.Published}", "published", found);
        if (await ReadFinalAsync(client, $"/onlineEndpoints/{owner.Endpoint}") is not { } endpoint)
        {
            return found;
        }

        foreach (JsonNode listed in await ListAsync(client, $"/onlineEndpoints/{owner.Endpoint}/deployments"))
        {
            string name = listed["name"]!.GetValue<string>();
            if (await ReadFinalAsync(client, $"/onlineEndpoints/{owner.Endpoint}/deployments/{name}") is { } deployment)
            {
                JsonNode properties = deployment["properties"]!;
                string model = properties["model"]!.GetValue<string>();
                found[$"deployment {name}"] = $"v{model[(model.LastIndexOf('/') + 1)..]} x{deployment["sku"]!["capacity"]} {properties["provisioningState"]}";
            }
        }

        JsonNode keys = (await client.PostAsync($"/onlineEndpoints/{owner.Endpoint}/listKeys")).Body;
        found["endpoint"] = $"{endpoint["properties"]!["authMode"]} tag={endpoint["tags"]?["tag"]}";
        found["keys"] = $"{keys["primaryKey"]} {keys["secondaryKey"]}";
        found["traffic"] = Weights(endpoint["properties"]!["traffic"]);
        return found;
    }

    /// <summary>Every deployment that succeeded gives the answers of its own model, and the endpoint answers by its weights.</summary>
    public static async Task ScoreAsync(ControlPlaneClient client, ChangingClient owner, SortedDictionary<string, string> found)
    {
        if (!found.ContainsKey("endpoint"))
        {
            return;
        }

        using ScoringClient scoring = await ScoringClient.OfAsync(client, owner.Endpoint);
        string body = ScoringClient.Body(ScoringClient.Rows()[..RowsToScore]);
        foreach ((string key, string value) in found.Where(entry => entry.Key.StartsWith("deployment ", StringComparison.Ordinal)))
        {
            string[] parts = value.Split(' ');
            if (parts[2] == "Succeeded")
            {
                ScoringAnswer answer = await scoring.ScoreAsync(body, pin: key["deployment ".Length..]);
                Assert.True(answer.Status == 200, $"{key}: {answer.Status} {answer.Text}");
                Assert.Equal(ScoringClient.ExpectedLabels(ChangingClient.ExampleOf(parts[0][1..]))[..RowsToScore], answer.Labels);
            }
        }

        if (found["traffic"].Length > 0)
        {
            foreach (string key in found["keys"].Split(' '))
            {
                ScoringAnswer answer = await scoring.ScoreAsync(body, key: key);
                Assert.True(answer.Status == 200, string.Create(CultureInfo.InvariantCulture, $"{owner.Endpoint}: {answer.Status} {answer.Text}"));
                Assert.Contains($"{answer.Deployment}=", found["traffic"], StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Versions that an operation makes, once each is made or gone.</summary>
    private static async Task ReadMadeAsync(ControlPlaneClient client, string asset, string entry, SortedDictionary<string, string> found)
    {
        while (true)
        {
            ControlPlaneAnswer answer = await client.SendRawAsync(HttpMethod.Get, $"{asset}/versions?$top=1000&api-version={ControlPlaneClient.ApiVersion}", null);
            List<JsonNode> versions = answer.Status == System.Net.HttpStatusCode.NotFound ? [] : [.. answer.Body["value"]!.AsArray().OfType<JsonNode>()];
            if (versions.Any(version => version["properties"]!["provisioningState"]!.GetValue<string>() == "Creating"))
            {
                continue;
            }

            foreach (JsonNode version in versions)
            {
                found[$"{entry} {version["name"]}"] = version["properties"]!["provisioningState"]!.GetValue<string>();
            }

            return;
        }
    }

    private static async Task<JsonNode?> ReadFinalAsync(ControlPlaneClient client, string path)
    {
        while (true)
        {
            ControlPlaneAnswer answer = await client.GetAsync(path);
            if (answer.Status == System.Net.HttpStatusCode.NotFound)
            {
                return null;
            }

            Assert.True(answer.Status == System.Net.HttpStatusCode.OK, answer.Text);
            JsonNode properties = answer.Body["properties"]!;
            if (properties["provisioningState"]!.GetValue<string>() is "Succeeded" or "Failed" or "Canceled")
            {
                return answer.Body;
            }

            await client.CompleteAsync(properties["properties"]!["AzureAsyncOperationUri"]!.GetValue<string>());
        }
    }

    private static async Task<IEnumerable<JsonNode>> ListAsync(ControlPlaneClient client, string path)
    {
        ControlPlaneAnswer answer = await client.GetAsync(path);
        return answer.Status == System.Net.HttpStatusCode.NotFound ? [] : answer.Body["value"]!.AsArray().OfType<JsonNode>();
    }
}
