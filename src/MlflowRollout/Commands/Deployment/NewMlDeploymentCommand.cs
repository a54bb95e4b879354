using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Deploys a model version to an endpoint, beside the deployments that are there. A new deployment gets no traffic, so nobody notices it until
/// <c>Set-MlTraffic</c> sends it some; requests can be sent to it by name meanwhile.
/// </summary>
[Cmdlet(VerbsCommon.New, "MlDeployment", SupportsShouldProcess = true, DefaultParameterSetName = ByModel)]
[OutputType(typeof(MlDeployment))]
public sealed class NewMlDeploymentCommand : MlDeploymentSettingsCmdletBase
{
    private const string ByModel = nameof(ByModel);
    private const string ByEndpoint = nameof(ByEndpoint);

    private bool _gotInput;

    /// <summary>
    /// Name of the deployment, unique in its endpoint: 3 to 32 letters, digits and hyphens, starting with a letter. Or a script block that gives the name, with
    /// the model as <c>$_</c>: <c>{ "green-$($_.Version)" }</c>. It may be left out where <c>-DefinitionFile</c> has one.
    /// </summary>
    [Parameter(Position = 0)]
    public MlName? Name { get; set; }

    /// <summary>
    /// Model version to deploy: an object, or <c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>models:/name/version</c>, a resource id, the uri of a registry's model
    /// (<c>azureml://registries/registry/models/name/versions/version</c>), or another <c>azureml://</c> uri.
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByModel)]
    [Parameter(ParameterSetName = ByEndpoint)]
    [AllowNull]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Endpoint that gets the deployment, by name or object. It may be left out where <c>-DefinitionFile</c> has its name.</summary>
    [Parameter(ParameterSetName = ByModel)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ByEndpoint)]
    [AllowNull]
    [ArgumentCompleter(typeof(EndpointNameCompleter))]
    public EndpointReference? Endpoint { get; set; }

    /// <summary>Virtual machine size, such as <c>Standard_DS3_v2</c>. Managed endpoints need it; it cannot be changed later. On a Kubernetes endpoint: an instance type of the cluster, which may be left out.</summary>
    [Parameter]
    public string? InstanceType { get; set; }

    /// <summary>
    /// Sends all traffic to it once it succeeded. For the first deployment of an endpoint: refused while another one has traffic. Excludes <c>-NoWait</c>.
    /// </summary>
    [Parameter]
    public SwitchParameter AllTraffic { get; set; }

    /// <summary>
    /// Packages the model first: an environment is made that holds the model with all it needs, and the deployment is made of it. It starts without fetching anything. A
    /// preview of the service.
    /// </summary>
    [Parameter]
    [Alias("PackageModel")]
    public SwitchParameter WithPackage { get; set; }

    /// <summary>
    /// What to do when the deployment exists: <c>Error</c> (default); <c>Skip</c>, which returns it after verifying that it succeeded and has the same model;
    /// <c>Update</c>; <c>ReplaceFailed</c>, which replaces only one that failed.
    /// </summary>
    [Parameter]
    public MlIfExists IfExists { get; set; }

    private protected override (string Target, string Action)? WhatIfWithoutInput => WhatIfText();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (AllTraffic && NoWait)
        {
            Report(new MlValidationException(
                MlErrorIds.ParameterConflict, "-AllTraffic and -NoWait exclude each other: traffic can be moved only once the deployment has succeeded.")
            {
                IsTerminating = true,
                RecommendedAction = "Leave out -NoWait, or wait with Wait-MlDeployment and then move the traffic with Set-MlTraffic.",
            });
        }

        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _gotInput = true;
        if (IsWhatIf && (IsMissing(Model, nameof(Model)) || IsMissing(Endpoint, nameof(Endpoint))))
        {
            (string target, string action) = WhatIfText();
            _ = SaysWhatIf(null, target, action);
            return;
        }

        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        MlDeploymentDefinition? definition = await ReadDefinitionAsync(
            (nameof(Name), "name"), (nameof(Endpoint), "endpoint_name"), (nameof(Model), "model"), (nameof(InstanceType), "instance_type")).ConfigureAwait(false);
        ModelReference? model = ModelOf(Model, nameof(Model), definition);
        if (model is null && definition is null && Environment is null)
        {
            throw Missing("which model is to be deployed", nameof(Model), "model", file: null);
        }

        EndpointReference endpoint = IsBound(nameof(Endpoint))
            ? Required(Endpoint, nameof(Endpoint))
            : new EndpointReference(definition?.EndpointName ?? throw Missing("which endpoint gets the deployment", nameof(Endpoint), "endpoint_name", definition?.Path));
        IMlWorkspaceClient client = Resolve(isChange: true, endpoint.Origin, model?.Origin);
        (MlModel? found, string? reference) = model is null ? (null, null) : await ResolveModelAsync(model, client, cancellationToken).ConfigureAwait(false);
        (string name, MlDeploymentSettings settings) = await InvokeAsync(
            () => (NameOf(definition, (object?)found ?? model), Settings(found, reference, InstanceType, definition))).ConfigureAwait(false);

        MlDeploymentResult? result = await client.Deployments.CreateAsync(
            new MlDeploymentSpecification
            {
                EndpointName = endpoint.Name,
                Name = name,
                Settings = settings,
                AllTraffic = AllTraffic,
                WithPackage = WithPackage,
                IfExists = IfExists,
                AllowLive = AllowLive,
                NoWait = NoWait,
                Timeout = Timeout,
            },
            Context,
            cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            return;
        }

        await WriteObjectAsync(result.Deployment).ConfigureAwait(false);
        if (result.LaterError is not null)
        {
            throw result.LaterError;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!_gotInput && !IsWhatIf && EmptyPipeline.Error(MyInvocation, ParameterSetName == ByEndpoint ? nameof(Endpoint) : nameof(Model)) is { } error)
        {
            Report(error);
            return;
        }

        base.EndProcessing();
    }

    private protected override void PrepareJob(IDictionary<string, object?> parameters)
    {
        base.PrepareJob(parameters);
        if (!IsBound(nameof(Name)) || !Required(Name, nameof(Name)).IsScript)
        {
            return;
        }

        // A script block belongs to this runspace, so the name is made here.
        ModelReference model = IsBound(nameof(Model)) ? Required(Model, nameof(Model)) : throw ScriptWithoutModel();
        MlModel? found = null;
        if (model.Model is null)
        {
            Run(async token => (found, _) = await ResolveModelAsync(model, Resolve(isChange: true, Endpoint?.Origin, model.Origin), token).ConfigureAwait(false));
        }

        parameters[nameof(Name)] = new MlName(Name!.For((object?)found ?? (object?)model.Model ?? model));
    }

    private bool IsMissing(object? value, string parameter) => value is null && (DefinitionFile is null || IsBound(parameter));

    private string NameOf(MlDeploymentDefinition? definition, object? piped)
    {
        if (!IsBound(nameof(Name)))
        {
            return definition?.Name ?? throw Missing("what the deployment is to be called", nameof(Name), "name", definition?.Path);
        }

        MlName name = Required(Name, nameof(Name));
        return name.IsScript && piped is null ? throw ScriptWithoutModel() : name.For(piped);
    }

    private static MlValidationException ScriptWithoutModel() => new(
        MlErrorIds.ParameterConflict, "The script block for the name needs the model as $_, and no model is piped or given with -Model.")
    {
        IsTerminating = true,
        RecommendedAction = "Write the name out, or register the model first and pipe it.",
    };

    private (string Target, string Action) WhatIfText() => (
        $"deployment '{Name?.ToString() ?? $"of {DefinitionFile}"}' of endpoint '{Endpoint?.Name ?? "(not made yet)"}' with model '{Model?.Text ?? "(not made yet)"}'", "Create");
}
