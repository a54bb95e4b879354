namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>The refusals of Azure Monitor: all are 400 with the code BadRequest, without the envelope that other answers have.</summary>
internal static class MetricErrors
{
    public static ArmException BadRequest(string message) => new(400, "BadRequest", message) { IsBare = true };

    public static ArmException UnknownMetric(MetricScope scope, string name) => BadRequest(
        $"Failed to find metric configuration for provider: Microsoft.MachineLearningServices, resource Type: {scope.ResourceType}, metric: {name}, Valid metrics: {string.Join(',', scope.Definitions.Select(metric => metric.Name))}");

    public static ArmException UnknownDimensions(MetricDefinition metric, IEnumerable<string> asked) => BadRequest(
        $"Metric: {metric.Name} does not support requested dimension combination: {string.Join(',', asked)}, supported ones are: {string.Join(',', metric.Dimensions)}, TraceId: {{{Guid.NewGuid():D}}}");

    public static ArmException UnknownVersion(string version, IEnumerable<string> supported) => new(
        400,
        "NoRegisteredProviderFound",
        $"No registered resource provider found for API version '{version}' for type 'metrics'. The supported api-versions are '{string.Join(", ", supported)}'.");
}
