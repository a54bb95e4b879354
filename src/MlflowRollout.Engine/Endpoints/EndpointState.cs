using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>An endpoint as it was read, and what tells whether somebody wrote since.</summary>
/// <param name="Body">Body.</param>
/// <param name="Stamp">Stamp of this machine's writers, read before the body.</param>
/// <param name="ReadAt">Timestamp of the read.</param>
internal sealed record EndpointState(JsonObject Body, string Stamp, long ReadAt)
{
    /// <summary>Live weights.</summary>
    public MlTrafficMap Live => EndpointMapping.ReadMap(Body, "traffic");

    /// <summary>Mirrored weights.</summary>
    public MlTrafficMap Mirror => EndpointMapping.ReadMap(Body, "mirrorTraffic");
}
