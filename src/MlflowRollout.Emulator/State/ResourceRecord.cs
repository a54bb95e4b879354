using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.State;

/// <summary>One stored resource.</summary>
/// <param name="Sequence">Order of creation.</param>
/// <param name="Parent">Key of the parent: the endpoint of a deployment, the container of a model version, else empty.</param>
/// <param name="Key">What names compare by: the name itself, or lower case where the service ignores case.</param>
/// <param name="State">Provisioning state.</param>
/// <param name="Body">The resource as its client wants it, defaults filled, without what the server derives on reading.</param>
/// <param name="Live">The body that was last carried out; null until the first operation has succeeded.</param>
/// <param name="Operation">Id of the latest operation.</param>
internal sealed record ResourceRecord(
    long Sequence,
    ResourceKind Kind,
    string Parent,
    string Key,
    string Name,
    string State,
    JsonObject Body,
    JsonObject? Live,
    string? Operation,
    DateTimeOffset CreatedAt,
    DateTimeOffset ModifiedAt)
{
    /// <summary>The resource's own properties; every stored body has them.</summary>
    public JsonObject Properties => Body["properties"]!.AsObject();
}
