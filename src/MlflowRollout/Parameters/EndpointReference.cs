using System.ComponentModel;
using System.Management.Automation;
using MlflowRollout.Connections;

namespace MlflowRollout.Parameters;

/// <summary>An endpoint by name or object. Anything that carries <c>EndpointName</c> names one: deployments, keys, traffic.</summary>
[TypeConverter(typeof(Converter))]
public sealed class EndpointReference
{
    /// <summary>Names an endpoint.</summary>
    /// <param name="name">Its name.</param>
    public EndpointReference(string name) => Name = name;

    /// <summary>Name of the endpoint.</summary>
    public string Name { get; }

    /// <summary>The endpoint, when it was given as an object of this process.</summary>
    public MlEndpoint? Endpoint { get; private init; }

    /// <summary>The deployment, when the reference was made from one; null otherwise.</summary>
    internal string? DeploymentName { get; private init; }

    internal string? ConnectionId { get; private init; }

    internal string? WorkspaceName { get; private init; }

    internal ObjectOrigin Origin => new(ConnectionId, WorkspaceName, $"Endpoint '{Name}'");

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<EndpointReference>
    {
        /// <inheritdoc/>
        protected override string Expected => "an endpoint";

        /// <inheritdoc/>
        protected override EndpointReference? From(PSObject value) => value.BaseObject switch
        {
            EndpointReference same => same,
            string name => new EndpointReference(name),
            _ => Text(value, "EndpointName") is { } name
                ? new EndpointReference(name)
                {
                    Endpoint = value.BaseObject as MlEndpoint,
                    DeploymentName = Text(value, "DeploymentName"),
                    ConnectionId = Text(value, "ConnectionId"),
                    WorkspaceName = Text(value, "WorkspaceName"),
                }
                : null,
        };
    }
}
