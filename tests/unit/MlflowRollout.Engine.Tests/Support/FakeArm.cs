using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Tests.Support;

/// <summary>
/// A control plane in memory: resources by path, operations that end after some polls, one operation on an endpoint at a time. Only what the client's
/// own behaviour is tested against; the emulator is the likeness of the service.
/// </summary>
internal sealed partial class FakeArm : HttpMessageHandler
{
    public const string Base = "https://arm.test";
    public const string Workspace = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/group/providers/Microsoft.MachineLearningServices/workspaces/space";

    private readonly object _gate = new();
    private readonly Dictionary<string, JsonObject> _resources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Running> _operations = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Calls as <c>METHOD path</c>, below the workspace, without query.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Bodies of calls that had one, in order.</summary>
    public ConcurrentQueue<(string Call, string Body)> Bodies { get; } = new();

    /// <summary>Polls until an operation ends.</summary>
    public int PollsToEnd { get; set; } = 1;

    /// <summary>How operations end, by the resource's path; the error document, or null for success.</summary>
    public Func<string, JsonObject?> FailureOf { get; set; } = _ => null;

    /// <summary>Answers in place of the service; null lets it answer.</summary>
    public Func<HttpRequestMessage, string, HttpResponseMessage?> Intercept { get; set; } = (_, _) => null;

    /// <summary>Answers in place of the service after it has done what was asked: the answer is lost.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Lose { get; set; } = _ => null;

    /// <summary>Done before a call is answered.</summary>
    public Func<HttpRequestMessage, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Calls that change something.</summary>
    public IEnumerable<string> Writes => Calls.Where(call => !call.StartsWith("GET", StringComparison.Ordinal) && !call.Contains("/list", StringComparison.Ordinal) && !call.EndsWith("getLogs", StringComparison.Ordinal) && !call.EndsWith("/token", StringComparison.Ordinal));

    /// <summary>Adds or reads a resource; the path is below the workspace.</summary>
    public JsonObject? this[string path]
    {
        get
        {
            lock (_gate)
            {
                return _resources.TryGetValue(path, out JsonObject? found) ? (JsonObject)found.DeepClone() : null;
            }
        }

        set
        {
            lock (_gate)
            {
                if (value is null)
                {
                    _resources.Remove(path);
                    return;
                }

                value["id"] = $"{Workspace}/{path}";
                value["name"] = path[(path.LastIndexOf('/') + 1)..];
                _resources[path] = value;
            }
        }
    }

    /// <summary>Adds an endpoint with deployments that succeeded.</summary>
    public void AddEndpoint(string name, string traffic = "{}", string mirror = "{}", params string[] deployments)
    {
        this[$"onlineEndpoints/{name}"] = (JsonObject)JsonNode.Parse($$$$"""
            {"location":"here","tags":{"owner":"me"},"identity":{"type":"SystemAssigned","principalId":"p"},"futureTopLevel":{"a":1},
             "properties":{"authMode":"Key","provisioningState":"Succeeded","scoringUri":"https://arm.test/score","traffic":{{{{traffic}}}},"mirrorTraffic":{{{{mirror}}}},
                           "futureField":"kept","properties":{"azureml.onlineendpointid":"x","custom":"kept"}}}
            """)!;
        foreach (string deployment in deployments)
        {
            AddDeployment(name, deployment);
        }
    }

    /// <summary>Adds a deployment.</summary>
    public void AddDeployment(string endpoint, string name, string state = "Succeeded", string model = "heart", string version = "1") =>
        this[$"onlineEndpoints/{endpoint}/deployments/{name}"] = (JsonObject)JsonNode.Parse($$$"""
            {"location":"here","tags":{"owner":"me"},"sku":{"name":"Default","tier":"Standard","capacity":1},
             "properties":{"endpointComputeType":"Managed","provisioningState":"{{{state}}}","instanceType":"Standard_DS3_v2","futureField":"kept",
                           "model":"{{{Workspace}}}/models/{{{model}}}/versions/{{{version}}}"}}
            """)!;

    /// <summary>Adds a model version.</summary>
    public void AddModel(string name, string version, string type = "mlflow_model", string flavors = """{"python_function":{"data":{}}}""")
    {
        this[$"models/{name}"] = new JsonObject { ["properties"] = new JsonObject { ["nextVersion"] = "9" } };
        this[$"models/{name}/versions/{version}"] = (JsonObject)JsonNode.Parse($$$$"""
            {"properties":{"modelType":"{{{{type}}}}","modelUri":"azureml://jobs/j/outputs/artifacts/paths/m","flavors":{{{{flavors}}}},"isArchived":false,"tags":{}}}
            """)!;
    }

    /// <summary>An answer with a JSON body.</summary>
    public static HttpResponseMessage Json(HttpStatusCode status, JsonNode? body, params (string Name, string Value)[] headers)
    {
        HttpResponseMessage response = new(status) { Content = new StringContent(body?.ToJsonString() ?? "null", Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    /// <summary>An error of the control plane.</summary>
    public static HttpResponseMessage Error(int status, string code, string message, params (string Name, string Value)[] headers) =>
        Json((HttpStatusCode)status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }, headers);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath);
        string below = path.StartsWith(Workspace, StringComparison.OrdinalIgnoreCase) ? path[Workspace.Length..].TrimStart('/') : path.TrimStart('/');
        string call = $"{request.Method} {below}";
        string body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        Calls.Enqueue(call);
        if (body.Length > 0)
        {
            Bodies.Enqueue((call, body));
        }

        await Before(request);
        await Task.Yield();
        if (Intercept(request, body) is { } intercepted)
        {
            return intercepted;
        }

        HttpResponseMessage answer = request.RequestUri.Host.Contains(".blob.", StringComparison.Ordinal)
            ? AnswerBlob(request, path, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken))
            : Answer(request, below, body);
        return Lose(request) ?? answer;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string below, string body)
    {
        lock (_gate)
        {
            if (below.StartsWith("operations/", StringComparison.Ordinal))
            {
                return Poll(below);
            }

            if (below.Length == 0)
            {
                return Json(HttpStatusCode.OK, new JsonObject { ["location"] = "here" });
            }

            string last = below[(below.LastIndexOf('/') + 1)..];
            if (request.Method == HttpMethod.Get && last is "onlineEndpoints" or "deployments" or "models" or "versions" or "environments" or "datastores")
            {
                return List(below);
            }

            bool there = _resources.TryGetValue(below, out JsonObject? resource);
            return request.Method.Method switch
            {
                "GET" => there ? Json(HttpStatusCode.OK, resource!.DeepClone()) : Error(404, "ResourceNotFound", "The Resource was not found."),
                "PUT" => Put(below, (JsonObject)JsonNode.Parse(body)!, there),
                "PATCH" => Patch(below, (JsonObject)JsonNode.Parse(body)!),
                "DELETE" => there ? Delete(below) : new HttpResponseMessage(HttpStatusCode.NoContent),
                _ => Post(below, last),
            };
        }
    }

    private static bool IsAsset(string below) => below.Split('/')[0] is "models" or "environments" or "codes" or "data";

    private static HttpResponseMessage Post(string below, string action) => action switch
    {
        "listKeys" => Json(HttpStatusCode.OK, new JsonObject { ["primaryKey"] = "planted-primary", ["secondaryKey"] = "planted-secondary" }),
        "getLogs" => Json(HttpStatusCode.OK, new JsonObject { ["content"] = "first line\nlast line of the log\n" }),
        "listSecrets" => Json(HttpStatusCode.OK, new JsonObject { ["secretsType"] = "AccountKey", ["key"] = "cGxhbnRlZC1rZXk=" }),
        "token" => Error(400, "BadRequest", "The endpoint authenticates with keys."),
        _ => Error(404, "NotFound", below),
    };

    private HttpResponseMessage List(string below)
    {
        JsonArray value = [];
        foreach ((string path, JsonObject resource) in _resources)
        {
            if (path.StartsWith(below + "/", StringComparison.OrdinalIgnoreCase) && !path[(below.Length + 1)..].Contains('/'))
            {
                value.Add(resource.DeepClone());
            }
        }

        return Json(HttpStatusCode.OK, new JsonObject { ["value"] = value, ["nextLink"] = null });
    }

    private HttpResponseMessage Put(string below, JsonObject body, bool there)
    {
        if (IsAsset(below))
        {
            this[below] = body;
            return Json(HttpStatusCode.Created, body.DeepClone());
        }

        string endpoint = string.Join('/', below.Split('/').Take(2));
        if (_operations.Values.Any(running => running.Endpoint == endpoint && running.Polls > 0))
        {
            return Error(409, "Conflict", $"Cannot change {endpoint} because it is in Updating provisioning state.");
        }

        JsonObject properties = (JsonObject)body["properties"]!;
        properties["provisioningState"] = there ? "Updating" : "Creating";
        string address = Start(below, endpoint, delete: false);
        JsonObject entries = properties["properties"] as JsonObject ?? [];
        entries["AzureAsyncOperationUri"] = address;
        properties["properties"] = entries;
        this[below] = body;
        return Json(HttpStatusCode.Created, body.DeepClone(), ("Azure-AsyncOperation", address));
    }

    private HttpResponseMessage Patch(string below, JsonObject body)
    {
        JsonObject resource = _resources[below];
        foreach ((string name, JsonNode? value) in body)
        {
            resource[name] = value?.DeepClone();
        }

        string address = Start(below, string.Join('/', below.Split('/').Take(2)), delete: false);
        resource["properties"]!["provisioningState"] = "Updating";
        resource["properties"]!["properties"] = new JsonObject { ["AzureAsyncOperationUri"] = address };
        return new HttpResponseMessage(HttpStatusCode.Accepted) { Headers = { { "Azure-AsyncOperation", address } } };
    }

    private HttpResponseMessage Delete(string below)
    {
        if (IsAsset(below))
        {
            _resources.Remove(below);
            return new HttpResponseMessage(HttpStatusCode.OK);
        }

        _resources[below]["properties"]!["provisioningState"] = "Deleting";
        return Json(HttpStatusCode.Accepted, null, ("Azure-AsyncOperation", Start(below, string.Join('/', below.Split('/').Take(2)), delete: true)));
    }

    private string Start(string path, string endpoint, bool delete)
    {
        string id = $"operations/oe:{++_next}";
        _operations[id] = new Running(path, endpoint, delete) { Polls = PollsToEnd };
        return $"{Base}/{id}?api-version=2024-10-01";
    }

    private HttpResponseMessage Poll(string id)
    {
        Running running = _operations[id];
        if (running.Polls > 0 && --running.Polls > 0)
        {
            return Json(HttpStatusCode.OK, new JsonObject { ["status"] = "Updating", ["percentComplete"] = 0.0 }, ("Retry-After", "1"));
        }

        JsonObject? failure = FailureOf(running.Path);
        if (running.Delete)
        {
            foreach (string path in _resources.Keys.Where(path => path == running.Path || path.StartsWith(running.Path + "/", StringComparison.Ordinal)).ToArray())
            {
                _resources.Remove(path);
            }
        }
        else if (_resources.TryGetValue(running.Path, out JsonObject? resource))
        {
            resource["properties"]!["provisioningState"] = failure is null ? "Succeeded" : "Failed";
        }

        JsonObject status = new() { ["status"] = failure is null ? "Succeeded" : "Failed", ["percentComplete"] = 100.0 };
        if (failure is not null)
        {
            status["error"] = failure.DeepClone();
        }

        return Json(HttpStatusCode.OK, status, ("x-ms-correlation-request-id", "correlation-1"));
    }

    private sealed record Running(string Path, string Endpoint, bool Delete)
    {
        public int Polls { get; set; }
    }
}
