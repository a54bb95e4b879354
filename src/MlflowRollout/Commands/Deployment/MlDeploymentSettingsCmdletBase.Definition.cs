using System.Management.Automation;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <content>Definition files.</content>
public abstract partial class MlDeploymentSettingsCmdletBase
{
    /// <summary>
    /// Definition of the deployment as the Azure CLI takes it (YAML or JSON), or a configuration of MLflow's Azure ML plugin. Parameters win over what the file says; entries of maps are put together. Paths in
    /// the file count from its own folder.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DefinitionFile { get; set; }

    /// <summary>Reads the definition file; null without one.</summary>
    /// <param name="own">Further parameters and the keys that they replace.</param>
    private protected Task<MlDeploymentDefinition?> ReadDefinitionAsync(params (string Parameter, string Key)[] own)
    {
        List<string> replaced =
        [
            .. ReplacedKeys(own),
            .. ReplacedKeys(
                (nameof(InstanceCount), "instance_count"), (nameof(Description), "description"), (nameof(AppInsightsEnabled), "app_insights_enabled"),
                (nameof(EgressPublicNetworkAccess), "egress_public_network_access"), (nameof(ModelMountPath), "model_mount_path"), (nameof(Environment), "environment"),
                (nameof(ScaleSettings), "scale_settings"), (nameof(Resource), "resources")),
        ];
        if (IsBound(nameof(Code)) && IsBound(nameof(ScoringScript)))
        {
            replaced.Add("code_configuration");
        }

        return ReadDefinitionAsync(DefinitionFile, (reader, path) => reader.ReadDeployment(path, replaced), definition => definition.Notes);
    }

    /// <summary>The model that is meant: the parameter's, else the file's; null where the file defines one to register, or none.</summary>
    /// <param name="model">Parameter value.</param>
    /// <param name="parameter">Its name.</param>
    /// <param name="definition">The file; null without one.</param>
    private protected ModelReference? ModelOf(ModelReference? model, string parameter, MlDeploymentDefinition? definition) =>
        IsBound(parameter) ? Required(model, parameter) : definition?.Model is { } text ? new ModelReference(text) : null;
}
