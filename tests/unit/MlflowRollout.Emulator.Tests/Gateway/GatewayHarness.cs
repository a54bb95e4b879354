using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Emulator.Gateway;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Testing;

namespace MlflowRollout.Emulator.Tests.Gateway;

/// <summary>The gateway with fake model servers, a clock that tests move, and no sockets.</summary>
internal sealed class GatewayHarness : IAsyncDisposable, IModelServerFactory
{
    public const string Endpoint = "heart";
    public const string PrimaryKey = "primary-key-of-the-tests";
    public const string SecondaryKey = "secondary-key-of-the-tests";

    private readonly TemporaryFolder _model = new();
    private readonly ScoringHandler _handler;
    private readonly ConcurrentDictionary<string, FakeModelServer> _servers = new();

    public GatewayHarness(IRandomSource? random = null)
    {
        _model.Write("MLmodel", "flavors:\n  fake: {}\n");
        Plane = new ServingPlane(Clock, random ?? new SeededRandomSource(1), [this]);
        _handler = new ScoringHandler(Plane, new ConnectionDrain(TimeProvider.System));
    }

    public static GatewayHarness Create() => new();

    public string Flavor => "fake";

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));

    public ServingPlane Plane { get; }

    public FakeModelServer this[string deployment] => _servers[deployment];

    public Task<IModelServer> StartAsync(ModelServerContext context, CancellationToken cancellationToken)
        => Task.FromResult<IModelServer>(_servers[context.Specification.DeploymentName] = new FakeModelServer());

    public Task<IRunningDeployment> StartAsync(string name, int concurrency = 1, int instances = 1, double timeoutSeconds = 5, Dictionary<string, string>? variables = null)
        => Plane.StartAsync(
            new DeploymentSpecification(
                Endpoint, name, _model.Path, "models/heart/versions/1", instances, concurrency, TimeSpan.Zero, TimeSpan.FromSeconds(timeoutSeconds), variables ?? []),
            CancellationToken.None);

    public void Publish(params (IRunningDeployment Deployment, int Weight)[] deployments)
        => Publish([.. deployments.Select(d => new DeploymentRoute(d.Deployment, d.Weight, 0))]);

    public void Publish(IReadOnlyList<DeploymentRoute> deployments, EndpointAuthMode mode = EndpointAuthMode.Key, Func<string, bool>? tokens = null)
        => Plane.Publish(new EndpointRoute(Endpoint, mode, PrimaryKey, SecondaryKey, tokens ?? (_ => false), deployments));

    public async Task<Answer> ScoreAsync(
        string body = "{}", string? pin = null, string? authorization = "Bearer " + PrimaryKey, string endpoint = Endpoint, Action<HttpContext>? prepare = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        if (authorization is not null)
        {
            context.Request.Headers.Authorization = authorization;
        }

        if (pin is not null)
        {
            context.Request.Headers["azureml-model-deployment"] = pin;
        }

        prepare?.Invoke(context);
        var answer = new MemoryStream();
        context.Response.Body = answer;
        await _handler.ScoreAsync(context, endpoint);
        await context.Response.BodyWriter.FlushAsync();
        return new Answer(context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        await Plane.DisposeAsync();
        _model.Dispose();
    }
}

/// <summary>What a client would see.</summary>
internal sealed record Answer(int Status, string Body, IHeaderDictionary Headers)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
