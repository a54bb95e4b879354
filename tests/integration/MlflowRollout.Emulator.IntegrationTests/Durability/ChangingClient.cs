using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>A client that makes one change after another to an endpoint and a model of its own, and keeps a record of what was acknowledged.</summary>
internal sealed class ChangingClient(string name, Random random)
{
    private const string Failing = "doomed";
    private static readonly string[] Deployments = ["blue", "green", "red"];
    private readonly List<(string Address, string Status)> _unfinished = [];
    private ControlPlaneClient? _client;
    private Uri? _container;
    private int _count;

    private enum Change
    {
        Endpoint,
        Model,
        ModelTag,
        Deployment,
        FailingDeployment,
        Scale,
        Traffic,
        EndpointTag,
        Key,
        RemoveDeployment,
        RemoveModel,
        RemoveEndpoint,
        Environment,
        Publish,
        Package,
    }

    public WorkspaceRecord Record { get; } = new();

    public string Endpoint => $"kill-{name}";

    public string Model => $"model-{name}";

    public string Environment => $"environment-{name}";

    public string Package => $"package-{name}";

    /// <summary>Its model in the registry.</summary>
    public string Published => $"published-{name}";

    /// <summary>How many changes were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Changes things until the emulator is gone.</summary>
    public async Task ChangeUntilKilledAsync(ControlPlaneClient client, Func<bool> killed)
    {
        _client = client;
        try
        {
            _container ??= await FindContainerAsync();
            while (true)
            {
                await ChangeAsync();
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && killed())
        {
            // What was being sent stays unanswered in the record.
        }
    }

    /// <summary>Waits for every operation that was acknowledged, and takes those off the list; says which did not end as it must.</summary>
    public async Task<string?> FinishAsync(ControlPlaneClient client)
    {
        foreach ((string address, string expected) in _unfinished)
        {
            JsonNode status = await client.CompleteAsync(address);
            if (status["status"]!.GetValue<string>() != expected)
            {
                return $"An operation must end {expected}: {status.ToJsonString()}";
            }
        }

        _unfinished.Clear();
        return null;
    }

    /// <summary>Which of the example's models a version is.</summary>
    public static int ExampleOf(string version) => 1 + (int.Parse(version, CultureInfo.InvariantCulture) % 2);

    private static string EndpointEntry(string auth, string tag) => $"{auth} tag={tag}";

    private Task ChangeAsync()
    {
        string[] there = [.. Deployments.Where(deployment => Record[$"deployment {deployment}"] is not null)];
        string[] models = [.. Record.Keys.Where(key => key.StartsWith("model ", StringComparison.Ordinal)).Select(key => key["model ".Length..])];
        string? traffic = Record["traffic"];
        string[] idle = [.. there.Where(deployment => traffic?.Contains(deployment, StringComparison.Ordinal) != true)];
        string[] unused = [.. models.Where(version => !there.Append(Failing).Any(deployment => Record[$"deployment {deployment}"]?.StartsWith($"v{version} ", StringComparison.Ordinal) == true))];
        bool doomed = Record[$"deployment {Failing}"] is not null;
        List<Change> possible = [Change.Model, Change.Environment];
        Add(Record["endpoint"] is null, Change.Endpoint, 6);
        Add(models.Length > 0, Change.ModelTag, 1);
        Add(models.Length > 0, Change.Publish, 1);
        Add(models.Length > 0, Change.Package, 1);
        if (Record["endpoint"] is not null)
        {
            Add(models.Length > 0, Change.Deployment, there.Length < 2 ? 4 : 2);
            Add(models.Length > 0 && !doomed, Change.FailingDeployment, 1);
            Add(there.Length > 0, Change.Scale, 1);
            Add(there.Length > 0, Change.Traffic, 3);
            Add(true, Change.EndpointTag, 1);
            Add(true, Change.Key, 1);
            Add(idle.Length > 0 || doomed, Change.RemoveDeployment, 2);
            Add(there.Length > 2 && random.Next(4) == 0, Change.RemoveEndpoint, 2);
        }

        Add(unused.Length > 2, Change.RemoveModel, 2);
        return possible[random.Next(possible.Count)] switch
        {
            Change.Endpoint => CreateEndpointAsync(),
            Change.Model => RegisterAsync(),
            Change.ModelTag => TagModelAsync(Pick(models)),
            Change.Deployment => DeployAsync(Pick(Deployments), Pick(models), fails: false),
            Change.FailingDeployment => DeployAsync(Failing, Pick(models), fails: true),
            Change.Scale => ScaleAsync(Pick(there)),
            Change.Traffic => SetTrafficAsync(there),
            Change.EndpointTag => TagEndpointAsync(),
            Change.Key => ChangeKeyAsync(),
            Change.RemoveDeployment => RemoveDeploymentAsync(doomed ? Failing : Pick(idle)),
            Change.RemoveModel => RemoveModelAsync(Pick(unused)),
            Change.Environment => CreateEnvironmentAsync(),
            Change.Publish => PublishAsync(Pick(models)),
            Change.Package => PackageAsync(Pick(models)),
            _ => RemoveEndpointAsync(),
        };

        void Add(bool condition, Change change, int weight) => possible.AddRange(Enumerable.Repeat(change, condition ? weight : 0));
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private Task CreateEndpointAsync()
    {
        JsonObject body = Bodies.Endpoint();
        string key = NewKey();
        body["properties"]!["keys"] = new JsonObject { ["primaryKey"] = key, ["secondaryKey"] = "s" + key };
        return SendAsync(HttpMethod.Put, $"/onlineEndpoints/{Endpoint}", body, "Succeeded", entries =>
        {
            entries["endpoint"] = EndpointEntry("Key", string.Empty);
            entries["keys"] = $"{key} s{key}";
            entries["traffic"] = string.Empty;
        });
    }

    private async Task RegisterAsync()
    {
        string version = (++_count).ToString(CultureInfo.InvariantCulture);
        string prefix = $"LocalUpload/{Model}-{version}/model";
        foreach (string file in Directory.EnumerateFiles(ExampleModels.Version(ExampleOf(version))))
        {
            using HttpRequestMessage upload = new(HttpMethod.Put, $"{_container}/{prefix}/{Path.GetFileName(file)}") { Content = new ByteArrayContent(await File.ReadAllBytesAsync(file)) };
            upload.Headers.Add("x-ms-blob-type", "BlockBlob");
            upload.Headers.Add("x-ms-version", "2021-12-02");
            using HttpResponseMessage answer = await _client!.Emulator.Http.SendAsync(upload);
            Require(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        await SendAsync(
            HttpMethod.Put, $"/models/{Model}/versions/{version}", Bodies.Model(_client!.DatastoreUri(prefix)), null, entries => entries[$"model {version}"] = $"{prefix} tag=");
    }

    private async Task TagModelAsync(string version)
    {
        JsonNode body = await ReadAsync($"/models/{Model}/versions/{version}");
        string tag = NewTag();
        body["properties"]!["tags"] = new JsonObject { ["tag"] = tag };
        await SendAsync(
            HttpMethod.Put, $"/models/{Model}/versions/{version}", body, null, entries => entries[$"model {version}"] = $"{entries[$"model {version}"].Split(' ')[0]} tag={tag}");
    }

    private Task DeployAsync(string deployment, string version, bool fails)
    {
        int capacity = 1 + random.Next(3);
        JsonObject body = Bodies.Deployment(_client!.ModelId(Model, version));
        body["sku"]!["capacity"] = capacity;
        if (fails)
        {
            body["properties"]!["environmentVariables"] = new JsonObject { ["EMULATOR_START_FAILURE"] = "true" };
        }

        string state = fails ? "Failed" : "Succeeded";
        return SendAsync(
            HttpMethod.Put, $"/onlineEndpoints/{Endpoint}/deployments/{deployment}", body, state, entries => entries[$"deployment {deployment}"] = $"v{version} x{capacity} {state}");
    }

    private Task ScaleAsync(string deployment)
    {
        int capacity = 1 + random.Next(5);
        return SendAsync(
            HttpMethod.Patch,
            $"/onlineEndpoints/{Endpoint}/deployments/{deployment}",
            new JsonObject { ["sku"] = new JsonObject { ["capacity"] = capacity } },
            "Succeeded",
            entries =>
            {
                string[] parts = entries[$"deployment {deployment}"].Split(' ');
                entries[$"deployment {deployment}"] = $"{parts[0]} x{capacity} {parts[2]}";
            });
    }

    private async Task SetTrafficAsync(string[] there)
    {
        JsonNode body = await ReadAsync($"/onlineEndpoints/{Endpoint}");
        string first = Pick(there);
        string second = Pick(there);
        int weight = first == second ? 100 : random.Next(1, 100);
        JsonObject traffic = new() { [first] = weight };
        if (first != second)
        {
            traffic[second] = 100 - weight;
        }

        body["properties"]!["traffic"] = traffic;
        await SendAsync(HttpMethod.Put, $"/onlineEndpoints/{Endpoint}", body, "Succeeded", entries => entries["traffic"] = WorkspaceReader.Weights(traffic));
    }

    private Task TagEndpointAsync()
    {
        string tag = NewTag();
        return SendAsync(
            HttpMethod.Patch,
            $"/onlineEndpoints/{Endpoint}",
            new JsonObject { ["tags"] = new JsonObject { ["tag"] = tag } },
            "Succeeded",
            entries => entries["endpoint"] = EndpointEntry("Key", tag));
    }

    private Task ChangeKeyAsync()
    {
        string key = NewKey();
        bool primary = random.Next(2) == 0;
        return SendAsync(
            HttpMethod.Post,
            $"/onlineEndpoints/{Endpoint}/regenerateKeys",
            new JsonObject { ["keyType"] = primary ? "Primary" : "Secondary", ["keyValue"] = key },
            "Succeeded",
            entries =>
            {
                string[] keys = entries["keys"].Split(' ');
                entries["keys"] = primary ? $"{key} {keys[1]}" : $"{keys[0]} {key}";
            });
    }

    private Task RemoveDeploymentAsync(string deployment) => SendAsync(
        HttpMethod.Delete, $"/onlineEndpoints/{Endpoint}/deployments/{deployment}", null, "Succeeded", entries => entries.Remove($"deployment {deployment}"));

    private Task CreateEnvironmentAsync()
    {
        string version = (++_count).ToString(CultureInfo.InvariantCulture);
        return SendAsync(
            HttpMethod.Put, $"/environments/{Environment}/versions/{version}", Bodies.Environment($"image:{version}"), null, entries => entries[$"environment {version}"] = $"image:{version}");
    }

    private Task PublishAsync(string version)
    {
        string to = (++_count).ToString(CultureInfo.InvariantCulture);
        JsonObject body = new() { ["registryName"] = "emulator-registry", ["destinationName"] = Published, ["destinationVersion"] = to };
        return SendAsync(HttpMethod.Post, $"/models/{Model}/versions/{version}/publish", body, "Succeeded", entries => entries[$"published {to}"] = "Succeeded");
    }

    private Task PackageAsync(string version)
    {
        string to = (++_count).ToString(CultureInfo.InvariantCulture);
        JsonObject body = new()
        {
            ["targetEnvironmentName"] = Package,
            ["targetEnvironmentVersion"] = to,
            ["inferencingServer"] = new JsonObject { ["serverType"] = "AzureMLOnline" },
        };
        return SendAsync(HttpMethod.Post, $"/models/{Model}/versions/{version}/package", body, "Succeeded", entries => entries[$"package {to}"] = "Succeeded");
    }

    private Task RemoveModelAsync(string version) => SendAsync(
        HttpMethod.Delete, $"/models/{Model}/versions/{version}", null, null, entries => entries.Remove($"model {version}"));

    private Task RemoveEndpointAsync() => SendAsync(HttpMethod.Delete, $"/onlineEndpoints/{Endpoint}", null, "Succeeded", entries =>
    {
        foreach (string key in entries.Keys.Where(key => key is "endpoint" or "keys" or "traffic" || key.StartsWith("deployment ", StringComparison.Ordinal)).ToList())
        {
            entries.Remove(key);
        }
    });

    private async Task SendAsync(HttpMethod method, string path, JsonNode? body, string? ends, Action<IDictionary<string, string>> change)
    {
        Record.Begin(change);
        ControlPlaneAnswer answer = await _client!.SendAsync(method, path, body);
        Require(answer.Status, $"{method} {path}: {answer.Text}");
        Record.Acknowledge();
        Acknowledged++;
        if (ends is not null && answer.Header("Azure-AsyncOperation") is { } address)
        {
            _unfinished.Add((address, ends));
            if (await FinishAsync(_client) is { } problem)
            {
                throw new InvalidOperationException(problem);
            }
        }
    }

    private async Task<JsonNode> ReadAsync(string path)
    {
        ControlPlaneAnswer answer = await _client!.GetAsync(path);
        Require(answer.Status, $"GET {path}: {answer.Text}");
        return answer.Body;
    }

    private async Task<Uri> FindContainerAsync()
    {
        JsonNode store = (await ReadAsync("/datastores?isDefault=true"))["value"]![0]!["properties"]!;
        return new Uri($"https://{store["accountName"]!.GetValue<string>()}.blob.core.windows.net/{store["containerName"]!.GetValue<string>()}");
    }

    private static void Require(HttpStatusCode status, string text)
    {
        if ((int)status >= 300)
        {
            throw new InvalidOperationException($"{(int)status} {text}");
        }
    }

    private string NewTag() => (++_count).ToString(CultureInfo.InvariantCulture);

    private string NewKey() => $"key{name}{(++_count).ToString(CultureInfo.InvariantCulture)}".PadRight(40, '0');
}
