using MlflowRollout.Definitions;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>Settings of a definition file below those of the command line: value by value the latter win.</summary>
internal static class SettingsOverlay
{
    /// <summary>Puts the settings of the command line over those of a file.</summary>
    /// <param name="definition">The file.</param>
    /// <param name="typed">From the command line.</param>
    internal static MlDeploymentSettings Over(MlDeploymentDefinition definition, MlDeploymentSettings typed)
    {
        MlDeploymentSettings file = definition.Settings;
        return new MlDeploymentSettings
        {
            Model = typed.Model,
            ModelReference = typed.ModelReference,
            ModelToRegister = typed.Model is null && typed.ModelReference is null && definition.InlineModel is { } model ? Registration(model) : null,
            ComputeType = definition.ComputeType,
            InstanceType = typed.InstanceType ?? file.InstanceType,
            InstanceCount = typed.InstanceCount ?? file.InstanceCount,
            MaxConcurrentRequestsPerInstance = typed.MaxConcurrentRequestsPerInstance ?? file.MaxConcurrentRequestsPerInstance,
            RequestTimeout = typed.RequestTimeout ?? file.RequestTimeout,
            MaxQueueWait = typed.MaxQueueWait ?? file.MaxQueueWait,
            EnvironmentVariables = MapOverlay.Over(file.EnvironmentVariables, typed.EnvironmentVariables, ignoreCase: false),
            Description = typed.Description ?? file.Description,
            Tags = MapOverlay.Over(file.Tags, typed.Tags, ignoreCase: true),
            Properties = MapOverlay.Over(file.Properties, typed.Properties, ignoreCase: true),
            LivenessProbe = Over(file.LivenessProbe, typed.LivenessProbe),
            ReadinessProbe = Over(file.ReadinessProbe, typed.ReadinessProbe),
            StartupProbe = Over(file.StartupProbe, typed.StartupProbe),
            AppInsightsEnabled = typed.AppInsightsEnabled ?? file.AppInsightsEnabled,
            EgressPublicNetworkAccess = typed.EgressPublicNetworkAccess ?? file.EgressPublicNetworkAccess,
            ModelMountPath = typed.ModelMountPath ?? file.ModelMountPath,
            Code = Over(file.Code, typed.Code),
            Environment = typed.Environment ?? file.Environment,
            Scale = typed.Scale ?? file.Scale,
            Resources = typed.Resources ?? file.Resources,
            DataCollector = Over(file.DataCollector, typed.DataCollector, typed.DataCollectorSamplingRate),
            DataCollectorCollections = typed.DataCollectorCollections,
            DataCollectorSamplingRate = typed.DataCollectorSamplingRate,
            AdditionalProperties = typed.AdditionalProperties,
        };
    }

    private static MlProbe? Over(MlProbe? file, MlProbe? typed) => file is null || typed is null
        ? typed ?? file
        : new MlProbe
        {
            FailureThreshold = typed.FailureThreshold ?? file.FailureThreshold,
            SuccessThreshold = typed.SuccessThreshold ?? file.SuccessThreshold,
            InitialDelay = typed.InitialDelay ?? file.InitialDelay,
            Period = typed.Period ?? file.Period,
            Timeout = typed.Timeout ?? file.Timeout,
        };

    private static MlCodeSettings? Over(MlCodeSettings? file, MlCodeSettings? typed) => file is null || typed is null
        ? typed ?? file
        : new MlCodeSettings { Source = typed.Source ?? file.Source, ScoringScript = typed.ScoringScript ?? file.ScoringScript };

    private static MlDataCollectorSettings? Over(MlDataCollectorSettings? file, MlDataCollectorSettings? typed, double? samplingRate) => file is null && typed is null
        ? null
        : new MlDataCollectorSettings
        {
            Collections = MapOverlay.Over(file?.Collections, typed?.Collections, ignoreCase: false)!,
            SamplingRate = samplingRate ?? typed?.SamplingRate ?? file?.SamplingRate,
            RollingRate = typed?.RollingRate ?? file?.RollingRate,
            CaptureHeaders = typed?.CaptureHeaders ?? file?.CaptureHeaders,
        };

    // Run again, the script finds the model that it registered.
    private static MlModelRegistration Registration(MlModelDefinition model) => new()
    {
        Name = model.Name ?? string.Empty,
        IsAnonymous = model.Name is null,
        Source = model.Source!,
        Version = model.Version,
        ModelType = model.ModelType,
        Flavors = model.Flavors,
        Description = model.Description,
        Stage = model.Stage,
        Tags = model.Tags ?? new Dictionary<string, string>(),
        Properties = model.Properties ?? new Dictionary<string, string>(),
        IfExists = MlIfExists.Skip,
        ReuseUnchanged = model.Version is null,
    };
}
