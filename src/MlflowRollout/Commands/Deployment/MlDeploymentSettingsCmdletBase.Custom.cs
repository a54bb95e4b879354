using System.Management.Automation;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <content>What goes beyond an MLflow model that brings all it needs: code, environment, scaling, resources, data collector.</content>
public abstract partial class MlDeploymentSettingsCmdletBase
{
    /// <summary>
    /// Code of one's own: a local folder (or file), which is uploaded and registered without what its <c>.amlignore</c> or <c>.gitignore</c> leaves out; or <c>azureml:name:version</c>, a resource id,
    /// or a registry's uri. Needs <c>-ScoringScript</c> and <c>-Environment</c>.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Code { get; set; }

    /// <summary>The script that scores, as a path within <c>-Code</c>, such as <c>score.py</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScoringScript { get; set; }

    /// <summary>
    /// Environment that the deployment runs in: a reference (<c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>AzureML-name:version</c>, a resource id, a registry's uri), or a hashtable of
    /// what to register: <c>@{ Image = 'image'; CondaFile = './conda.yaml' }</c>, or <c>@{ Build = './folder' }</c> with a Dockerfile in it; further keys are <c>InferenceConfig</c>, <c>Name</c>, <c>Version</c>,
    /// <c>Description</c>, <c>Tag</c> and <c>OsType</c>. Without a name it is registered as an anonymous one, named after its content.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public EnvironmentArgument? Environment { get; set; }

    /// <summary>Path in the container where the model is mounted, such as <c>/var/models</c>. Only with <c>-Environment</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ModelMountPath { get; set; }

    /// <summary>When the container counts as started, as a hashtable with the keys of <c>-LivenessProbe</c>. Until then the other probes wait.</summary>
    [Parameter]
    [ProbeTransformation]
    public MlProbe? StartupProbe { get; set; }

    /// <summary>
    /// How a deployment of a Kubernetes endpoint scales, as a hashtable: <c>@{ MinInstances = 1; MaxInstances = 4; TargetUtilizationPercentage = 70; PollingInterval = '10s' }</c>, or <c>Default</c> for
    /// a fixed number. Managed deployments take <c>Default</c> only.
    /// </summary>
    [Parameter]
    [ScaleSettingsTransformation]
    public MlScaleSettings? ScaleSettings { get; set; }

    /// <summary>
    /// What a container on a Kubernetes endpoint asks for and may use, as a hashtable: <c>@{ Requests = @{ Cpu = '0.5'; Memory = '1Gi' }; Limits = @{ Cpu = '1'; Memory = '2Gi'; Gpu = '1' } }</c>.
    /// </summary>
    [Parameter]
    [ContainerResourceTransformation]
    public MlContainerResources? Resource { get; set; }

    /// <summary>
    /// What the data collector records: names of collections, such as <c>model_inputs</c> and <c>model_outputs</c>; or a hashtable
    /// <c>@{ Collections = @{ model_inputs = @{ SamplingRate = 0.5 }; model_outputs = $true }; RollingRate = 'Day' }</c>. A collection has <c>Enabled</c>, <c>SamplingRate</c>, <c>ClientId</c> and <c>Data</c> (a data
    /// asset, or <c>@{ Name; Path; Version }</c> of one to register).
    /// </summary>
    [Parameter]
    [DataCollectorTransformation]
    [ValidateNotNull]
    public MlDataCollectorSettings? DataCollector { get; set; }

    /// <summary>Headers of requests that are recorded with them, such as <c>x-ms-client-request-id</c>. Needs <c>-DataCollector</c>, here or from before.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? CaptureHeader { get; set; }

    private protected override void PrepareJob(IDictionary<string, object?> parameters)
    {
        // Paths count from this session's location, and are read before the job takes over.
        if (Code is not null)
        {
            parameters[nameof(Code)] = ResolveCode(Code);
        }

        if (Environment is not null)
        {
            parameters[nameof(Environment)] = Environment.Resolve(this);
        }
    }

    private MlCodeSettings? CodeSettings() => Code is null && ScoringScript is null
        ? null
        : new MlCodeSettings { Source = Code is null ? null : ResolveCode(Code), ScoringScript = ScoringScript };

    private string ResolveCode(string code) =>
        code.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || code.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase)
            ? code
            : FileSystemPath.ResolveLiteral(this, code);

    private MlDataCollectorSettings? CollectorSettings() => CaptureHeader is null
        ? DataCollector
        : new MlDataCollectorSettings
        {
            Collections = DataCollector?.Collections ?? new Dictionary<string, MlDataCollection>(),
            SamplingRate = DataCollector?.SamplingRate,
            RollingRate = DataCollector?.RollingRate,
            CaptureHeaders = CaptureHeader,
        };
}
