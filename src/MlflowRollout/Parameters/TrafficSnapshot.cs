using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Connections;

namespace MlflowRollout.Parameters;

/// <summary>
/// Both traffic maps of an endpoint as they were once read: an <see cref="MlTraffic"/>, or what is left of one after a job or remoting. Nothing else
/// converts to it, so that endpoints and deployments, which carry traffic too, are not taken for a saved state.
/// </summary>
[TypeConverter(typeof(Converter))]
public sealed class TrafficSnapshot
{
    private TrafficSnapshot(MlTraffic saved) => Saved = saved;

    /// <summary>The saved state.</summary>
    public MlTraffic Saved { get; }

    internal ObjectOrigin Origin => new(Saved.ConnectionId, Saved.WorkspaceName, $"Traffic of endpoint '{Saved.EndpointName}'");

    /// <summary>The live weights.</summary>
    public override string ToString() => Saved.ToString();

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<TrafficSnapshot>
    {
        /// <inheritdoc/>
        protected override string Expected => "the saved traffic of an endpoint";

        /// <inheritdoc/>
        protected override TrafficSnapshot? From(PSObject value)
        {
            switch (value.BaseObject)
            {
                case TrafficSnapshot same:
                    return same;
                case MlTraffic traffic:
                    return new TrafficSnapshot(traffic);
            }

            return Is<MlTraffic>(value) && Text(value, "EndpointName") is { } endpointName
                ? new TrafficSnapshot(new MlTraffic
                {
                    EndpointName = endpointName,
                    WorkspaceName = Text(value, "WorkspaceName") ?? string.Empty,
                    ConnectionId = Text(value, "ConnectionId") ?? string.Empty,
                    Traffic = Map(value, "Traffic"),
                    MirrorTraffic = Map(value, "MirrorTraffic"),
                })
                : null;
        }

        private static MlTrafficMap Map(PSObject value, string property)
        {
            object? map = value.Properties[property]?.Value;
            return (map is PSObject wrapped ? wrapped.BaseObject : map) is IDictionary weights
                ? new MlTrafficMap(weights.Entries().Select(entry => KeyValuePair.Create(
                    entry.Key.ToString()!, Convert.ToInt32(entry.Value is PSObject inner ? inner.BaseObject : entry.Value, CultureInfo.InvariantCulture))))
                : [];
        }
    }
}
