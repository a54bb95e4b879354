using MlflowRollout.Connections;
using MlflowRollout.LoadContext;
using MlflowRollout.Services;

namespace MlflowRollout.Tests.Support;

/// <summary>An engine with one connected workspace that holds endpoints, deployments and models in memory. In place until disposed.</summary>
public sealed class FakeWorkspace : IDisposable
{
    public FakeWorkspace(Session? session = null, string name = "ws")
    {
        Workspace = new MlWorkspace { Name = name, ConnectionId = Guid.NewGuid().ToString(), Kind = MlWorkspaceKind.Emulator, Account = "emulator" };
        IMlEndpointClient endpoints = Stub.Of<IMlEndpointClient>(
            ("ListAsync", _ => ListEndpoints()),
            ("GetAsync", args => Task.FromResult(Endpoints.Single(endpoint => endpoint.Name == (string)args[0]!))),
            ("CreateAsync", args => CreateAsync((MlEndpointSpecification)args[0]!, (IMlOperationContext)args[1]!, (CancellationToken)args[2]!)),
            ("RemoveAsync", args => RemoveAsync((string)args[0]!, (IMlOperationContext)args[3]!)),
            ("WaitAsync", args => WaitAsync((string)args[0]!, (CancellationToken)args[3]!)));
        IMlDeploymentClient deployments = Stub.Of<IMlDeploymentClient>(("ListAsync", args => ListDeployments((string)args[0]!)));
        IMlModelClient models = Stub.Of<IMlModelClient>(
            ("ListAsync", args => ListModels((MlModelQuery)args[0]!)), ("ListRegistriesAsync", _ => ListRegistries()));
        Client = Stub.Of<IMlWorkspaceClient>(
            ("Workspace", _ => Workspace), ("Endpoints", _ => endpoints), ("Deployments", _ => deployments), ("Models", _ => models));
        Engine = Stub.Of<IMlEngine>(
            ("Connections", _ => (IReadOnlyList<IMlWorkspaceClient>)[Client]),
            ("FindConnection", args => (string)args[0]! == Workspace.ConnectionId ? Client : null));
        EngineHost.Substitute = Engine;
        if (session is not null)
        {
            RunspaceConnections.Add(session.Runspace, Workspace.ConnectionId);
        }
    }

    public MlWorkspace Workspace { get; }

    internal IMlWorkspaceClient Client { get; }

    internal IMlEngine Engine { get; }

    public List<MlEndpoint> Endpoints { get; } = [];

    public List<MlDeployment> Deployments { get; } = [];

    public List<MlModel> Models { get; } = [];

    /// <summary>Names of endpoints that were deleted.</summary>
    public List<string> Removed { get; } = [];

    /// <summary>Set once somebody waits for an endpoint; the wait ends by cancellation only.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls of lists.</summary>
    public int Lists { get; private set; }

    /// <summary>Lists do not answer while this is set.</summary>
    public Task? Hold { get; set; }

    public MlEndpoint AddEndpoint(string name, params string[] deployments)
    {
        var endpoint = new MlEndpoint { Name = name, ConnectionId = Workspace.ConnectionId, WorkspaceName = Workspace.Name };
        Endpoints.Add(endpoint);
        Deployments.AddRange(deployments.Select(deployment => new MlDeployment { Name = deployment, EndpointName = name, ConnectionId = Workspace.ConnectionId, WorkspaceName = Workspace.Name }));
        return endpoint;
    }

    public void Dispose() => EngineHost.Substitute = null;

    private async IAsyncEnumerable<MlEndpoint> ListEndpoints()
    {
        await BeforeListAsync();
        foreach (MlEndpoint endpoint in Endpoints.ToArray())
        {
            yield return endpoint;
        }
    }

    private async IAsyncEnumerable<MlDeployment> ListDeployments(string endpointName)
    {
        await BeforeListAsync();
        foreach (MlDeployment deployment in Deployments.Where(deployment => deployment.EndpointName == endpointName).ToArray())
        {
            yield return deployment;
        }
    }

    private async IAsyncEnumerable<MlModel> ListModels(MlModelQuery query)
    {
        await BeforeListAsync();
        foreach (MlModel model in Models.Where(model => query.Name is null || model.Name == query.Name).ToArray())
        {
            yield return model;
        }
    }

    private async IAsyncEnumerable<string> ListRegistries()
    {
        await BeforeListAsync();
        yield return "central";
    }

    private async Task BeforeListAsync()
    {
        Lists++;
        await (Hold ?? Task.CompletedTask);
        await Task.Yield();
    }

    private async Task<MlEndpoint?> CreateAsync(MlEndpointSpecification specification, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (Endpoints.Exists(endpoint => endpoint.Name == specification.Name))
        {
            throw new MlAlreadyExistsException(MlErrorIds.EndpointAlreadyExists, $"Endpoint '{specification.Name}' exists.");
        }

        if (!await context.ConfirmAsync(specification.Name, "Create"))
        {
            return null;
        }

        context.Progress(new MlProgress("create", "Creating endpoint", "Creating, 00:00:01", 50));
        context.Verbose("verbose of the engine");
        context.Warning("warning of the engine");
        context.Information("Creating");
        cancellationToken.ThrowIfCancellationRequested();
        return AddEndpoint(specification.Name);
    }

    private async Task<MlEndpoint?> RemoveAsync(string name, IMlOperationContext context)
    {
        MlEndpoint endpoint = Endpoints.Find(endpoint => endpoint.Name == name) ?? throw new MlNotFoundException(MlErrorIds.EndpointNotFound, $"Endpoint '{name}' does not exist.") { Target = name };
        if (!await context.ConfirmAsync(name, "Delete with 1 deployments", new MlQuestion("Delete", "Delete it with 1 deployments?")))
        {
            return null;
        }

        Removed.Add(name);
        return endpoint;
    }

    private async Task<MlEndpoint> WaitAsync(string name, CancellationToken cancellationToken)
    {
        Waiting.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return Endpoints.Single(endpoint => endpoint.Name == name);
    }
}
