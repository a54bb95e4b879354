using System.Text.Json.Nodes;

namespace MlflowRollout.Engine.Operations;

/// <summary>How an operation ended.</summary>
/// <param name="State">The service's word: <c>Succeeded</c>, <c>Failed</c>, <c>Canceled</c>.</param>
/// <param name="Error">The operation's error; null when it has none.</param>
/// <param name="Resource">The resource as the final GET read it; null when it is gone or was not read.</param>
/// <param name="CorrelationId">Id for the service's support.</param>
internal sealed record OperationOutcome(string State, JsonObject? Error, JsonObject? Resource, string? CorrelationId)
{
    /// <summary>True when it ended as it should.</summary>
    public bool IsSuccess => string.Equals(State, "Succeeded", StringComparison.OrdinalIgnoreCase);
}
