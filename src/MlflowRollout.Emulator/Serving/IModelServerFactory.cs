using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving;

/// <summary>Starts the servers of one flavor of model.</summary>
internal interface IModelServerFactory
{
    /// <summary>The flavor as <c>MLmodel</c> names it.</summary>
    string Flavor { get; }

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <exception cref="DeploymentStartException">It did not; the reason is in the log too.</exception>
    Task<IModelServer> StartAsync(ModelServerContext context, CancellationToken cancellationToken);
}

/// <summary>What a model server is started from.</summary>
internal sealed record ModelServerContext(DeploymentSpecification Specification, MlflowModel Model, ContainerLog Log, TimeProvider Time);
