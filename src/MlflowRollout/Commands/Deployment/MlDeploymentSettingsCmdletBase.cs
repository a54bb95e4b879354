using System.Collections;
using System.Management.Automation;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that make and change deployments: what both can set.</summary>
public abstract partial class MlDeploymentSettingsCmdletBase : MlLongRunningCmdletBase
{
    /// <summary>Number of instances; 1 for a new deployment. Managed deployments take 1 to 50.</summary>
    [Parameter]
    [WholeNumberTransformation]
    [ValidateRange(1, 10_000)]
    public int InstanceCount { get; set; } = 1;

    /// <summary>How many requests an instance works on at a time. The service's default is 1.</summary>
    [Parameter]
    [WholeNumberTransformation]
    [ValidateRange(1, 100_000)]
    public int? MaxConcurrentRequestsPerInstance { get; set; }

    /// <summary>How long a request may take: <c>30s</c>, <c>00:00:30</c>, or a number of seconds. The service's default is 5 seconds, and managed deployments take at most 180.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>How long a request may wait for a free instance: <c>'500ms'</c>, or a number of seconds. The service's default is half a second.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? MaxQueueWait { get; set; }

    /// <summary>
    /// When the container counts as dead, as a hashtable: <c>@{ FailureThreshold = 30; SuccessThreshold = 1; InitialDelay = '10s'; Period = '10s'; Timeout = '2s' }</c>. What
    /// is left out keeps the service's default.
    /// </summary>
    [Parameter]
    [ProbeTransformation]
    public MlProbe? LivenessProbe { get; set; }

    /// <summary>When the container counts as ready for requests, as a hashtable with the keys of <c>-LivenessProbe</c>.</summary>
    [Parameter]
    [ProbeTransformation]
    public MlProbe? ReadinessProbe { get; set; }

    /// <summary>Environment variables of the container. For a change: those to set; <c>$null</c> as a value removes one.</summary>
    [Parameter]
    public IDictionary? EnvironmentVariable { get; set; }

    /// <summary>Free text.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Tags. For a change: those to set; <c>$null</c> as a value removes one.</summary>
    [Parameter]
    public IDictionary? Tag { get; set; }

    /// <summary>Entries to add to the service's free properties.</summary>
    [Parameter]
    public IDictionary? Property { get; set; }

    /// <summary>Turns Application Insights on; <c>-AppInsightsEnabled:$false</c> turns it off.</summary>
    [Parameter]
    public SwitchParameter AppInsightsEnabled { get; set; }

    /// <summary>Whether the container may reach the public network.</summary>
    [Parameter]
    public MlPublicNetworkAccess? EgressPublicNetworkAccess { get; set; }

    /// <summary>Share of the requests that the data collector records, from 0 to 1, for every collection without one of its own. The service's default is 1, all of them.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? DataCollectorSamplingRate { get; set; }

    /// <summary>
    /// Properties of the service that this module does not know, as a hashtable; nested hashtables and arrays are allowed. They are merged last into the
    /// <c>properties</c> of the request, so they win.
    /// </summary>
    [Parameter]
    public IDictionary? AdditionalProperty { get; set; }

    /// <summary>Allows another model or other settings for a deployment that has live traffic. Scaling never needs it.</summary>
    [Parameter]
    public SwitchParameter AllowLive { get; set; }

    /// <summary>The settings of this call. For the pipeline thread only: paths count from the session's location.</summary>
    /// <param name="model">Model; null when it is not of this workspace or does not change.</param>
    /// <param name="modelReference">Reference of a model elsewhere; null when there is none.</param>
    /// <param name="instanceType">Virtual machine size; null leaves it.</param>
    /// <param name="definition">What a file says below the parameters; null without one.</param>
    private protected MlDeploymentSettings Settings(MlModel? model, string? modelReference, string? instanceType, MlDeploymentDefinition? definition)
    {
        MlDeploymentSettings typed = Typed(model, modelReference, instanceType);
        return definition is null ? typed : SettingsOverlay.Over(definition, typed);
    }

    private MlDeploymentSettings Typed(MlModel? model, string? modelReference, string? instanceType) => new()
    {
        Model = model,
        ModelReference = modelReference,
        InstanceType = instanceType,
        InstanceCount = IsBound(nameof(InstanceCount)) ? InstanceCount : null,
        MaxConcurrentRequestsPerInstance = MaxConcurrentRequestsPerInstance,
        RequestTimeout = RequestTimeout,
        MaxQueueWait = MaxQueueWait,
        LivenessProbe = LivenessProbe,
        ReadinessProbe = ReadinessProbe,
        EnvironmentVariables = ToTextMap(EnvironmentVariable),
        Description = Description,
        Tags = ToTextMap(Tag),
        Properties = ToTextMap(Property)?.ToDictionary(entry => entry.Key, entry => entry.Value ?? string.Empty),
        AppInsightsEnabled = IsBound(nameof(AppInsightsEnabled)) ? AppInsightsEnabled.IsPresent : null,
        EgressPublicNetworkAccess = EgressPublicNetworkAccess,
        StartupProbe = StartupProbe,
        ModelMountPath = ModelMountPath,
        Code = CodeSettings(),
        Environment = Environment?.ToSettings(this),
        Scale = ScaleSettings,
        Resources = Resource,
        DataCollector = CollectorSettings(),
        DataCollectorSamplingRate = DataCollectorSamplingRate,
        AdditionalProperties = AdditionalProperty is null ? null : (IReadOnlyDictionary<string, object?>)Plain(AdditionalProperty)!,
    };

    /// <summary>True when the parameter was given.</summary>
    private protected bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>
    /// The model of a reference: an object as it is, else read from the workspace. What an <c>azureml://</c> uri names (a registry's model, files in a datastore) is not
    /// registered in the workspace and stays a reference.
    /// </summary>
    private protected static async Task<(MlModel? Model, string? Reference)> ResolveModelAsync(
        ModelReference reference, IMlWorkspaceClient client, CancellationToken cancellationToken) =>
        reference.Model is { } model
            ? (model, null)
            : reference.Text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase)
                ? (null, reference.Text)
                : (await client.Models.ResolveAsync(reference.Text, cancellationToken).ConfigureAwait(false), null);

    private static object? Plain(object? value)
    {
        value = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return value switch
        {
            IDictionary map => map.Entries().ToDictionary(entry => entry.Key.ToString()!, entry => Plain(entry.Value)),
            PSObject bag => bag.Properties.ToDictionary(property => property.Name, property => Plain(property.Value)),
            string => value,
            IEnumerable list => list.Cast<object?>().Select(Plain).ToList(),
            _ => value,
        };
    }
}
