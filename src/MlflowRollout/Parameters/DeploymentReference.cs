using System.ComponentModel;
using System.Management.Automation;
using MlflowRollout.Connections;

namespace MlflowRollout.Parameters;

/// <summary>
/// A deployment by object, or by name beside an endpoint. Anything that carries <c>DeploymentName</c> and <c>EndpointName</c> names one.
/// </summary>
[TypeConverter(typeof(Converter))]
public sealed class DeploymentReference
{
    /// <summary>Names a deployment; the endpoint is said elsewhere.</summary>
    /// <param name="name">Its name.</param>
    public DeploymentReference(string name) => Name = name;

    /// <summary>Name of the deployment.</summary>
    public string Name { get; }

    /// <summary>Name of its endpoint; null when only a name was given.</summary>
    public string? EndpointName { get; private init; }

    /// <summary>The deployment, when it was given as an object of this process.</summary>
    public MlDeployment? Deployment { get; private init; }

    internal string? ConnectionId { get; private init; }

    internal string? WorkspaceName { get; private init; }

    internal ObjectOrigin Origin => new(ConnectionId, WorkspaceName, EndpointName is null ? $"Deployment '{Name}'" : $"Deployment '{EndpointName}/{Name}'");

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<DeploymentReference>
    {
        /// <inheritdoc/>
        protected override string Expected => "a deployment";

        /// <inheritdoc/>
        protected override DeploymentReference? From(PSObject value) => value.BaseObject switch
        {
            DeploymentReference same => same,
            string name => new DeploymentReference(name),
            _ => Text(value, "DeploymentName") is { } name
                ? new DeploymentReference(name)
                {
                    EndpointName = Text(value, "EndpointName"),
                    Deployment = value.BaseObject as MlDeployment,
                    ConnectionId = Text(value, "ConnectionId"),
                    WorkspaceName = Text(value, "WorkspaceName"),
                }
                : null,
        };
    }
}
