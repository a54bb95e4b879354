using System.Text.RegularExpressions;
using MlflowRollout.Definitions;
using MlflowRollout.Engine.Yaml;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Reads definition files.</summary>
internal sealed partial class DefinitionReader : IMlDefinitionReader
{
    /// <inheritdoc/>
    public MlEndpointDefinition ReadEndpoint(string path, IReadOnlyCollection<string>? replaced = null)
    {
        (DefinitionScope scope, YamlItem root) = Open(path, "endpoint", "New-MlEndpoint");
        MlComputeType kind = root["compute"] is not null ? MlComputeType.Kubernetes : MlComputeType.Managed;
        if (kind == MlComputeType.Managed && SchemaOf(root) is { } schema && schema.StartsWith("kubernetes", StringComparison.OrdinalIgnoreCase) && replaced?.Contains("compute") != true)
        {
            scope.Findings.Add(root["$schema"]!, "$schema names a Kubernetes endpoint, and the file has no 'compute'");
        }

        new DefinitionCheck(scope, EndpointKeys.Endpoint, kind).CheckMap(root, EndpointKeys.Endpoint, replaced);
        return Checked(scope, EndpointDefinitions.Map(scope, new DefinitionNode(root, EndpointKeys.Endpoint), kind));
    }

    /// <inheritdoc/>
    public MlDeploymentDefinition ReadDeployment(string path, IReadOnlyCollection<string>? replaced = null)
    {
        (DefinitionScope scope, YamlItem root) = Open(path, "deployment", "New-MlDeployment");
        MlComputeType? kind = root["type"]?.Text is { } type
            ? type.Equals("kubernetes", StringComparison.OrdinalIgnoreCase) ? MlComputeType.Kubernetes : MlComputeType.Managed
            : SchemaOf(root) switch
            {
                { } schema when schema.StartsWith("kubernetes", StringComparison.OrdinalIgnoreCase) => MlComputeType.Kubernetes,
                { } schema when schema.StartsWith("managed", StringComparison.OrdinalIgnoreCase) => MlComputeType.Managed,
                _ => null,
            };
        new DefinitionCheck(scope, DeploymentKeys.Deployment, kind ?? MlComputeType.Managed).CheckMap(root, DeploymentKeys.Deployment, replaced);
        return Checked(scope, DeploymentDefinitions.Map(scope, new DefinitionNode(root, DeploymentKeys.Deployment), kind));
    }

    /// <inheritdoc/>
    public MlModelDefinition ReadModel(string path, IReadOnlyCollection<string>? replaced = null)
    {
        (DefinitionScope scope, YamlItem root) = Open(path, "model", "Register-MlModel");
        new DefinitionCheck(scope, ModelKeys.Model, MlComputeType.Managed).CheckMap(root, ModelKeys.Model, replaced);
        return Checked(scope, ModelDefinitions.Map(scope, new DefinitionNode(root, ModelKeys.Model), isInline: false));
    }

    /// <inheritdoc/>
    public MlEndpointDefinition ReadTraffic(string path, IReadOnlyCollection<string>? replaced = null)
    {
        (DefinitionScope scope, YamlItem root) = Open(path, "endpoint", "Set-MlTraffic");
        MlComputeType kind = root["compute"] is not null ? MlComputeType.Kubernetes : MlComputeType.Managed;

        // A whole definition of an endpoint has its weights too; what else it says is checked, and not of interest.
        bool whole = root.Map is { } map && map.Keys.Any(key => EndpointKeys.Weights.Find(key) is null && EndpointKeys.Endpoint.Find(key) is not null);
        DefinitionSection section = whole ? EndpointKeys.Endpoint : EndpointKeys.Weights;
        new DefinitionCheck(scope, section, kind).CheckMap(root, section, replaced);
        return Checked(scope, EndpointDefinitions.MapTraffic(scope, new DefinitionNode(root, section), kind));
    }

    private static (DefinitionScope Scope, YamlItem Root) Open(string path, string kind, string cmdlet)
    {
        ArgumentNullException.ThrowIfNull(path);
        DefinitionScope scope = new(Path.GetFullPath(path));
        YamlItem root = DefinitionFile.Read(scope.File, key => scope.Findings.Add(key, $"the key '{key.Text}' is there twice"));
        if (root.Map is null)
        {
            scope.Findings.Add(root, $"a definition of {(kind[0] == 'e' ? "an" : "a")} {kind} is a map of keys and values");
            scope.Findings.ThrowIfAny();
        }

        if (SchemaOf(root) is { } schema && KindOf(schema) is { } other && other.Kind != kind)
        {
            scope.Findings.Add(root["$schema"]!, $"$schema says that the file defines {other.What}, and {cmdlet} takes {(kind[0] == 'e' ? "an" : "a")} {kind}{other.Hint}");
            scope.Findings.ThrowIfAny();
        }

        return (scope, root);
    }

    private static T Checked<T>(DefinitionScope scope, T definition)
    {
        scope.Findings.ThrowIfAny();
        return definition;
    }

    private static string? SchemaOf(YamlItem root) => root["$schema"]?.Text is { } text && SchemaRule().Match(text) is { Success: true } match ? match.Groups["id"].Value : null;

    private static (string Kind, string What, string Hint)? KindOf(string schema) => schema.ToUpperInvariant() switch
    {
        "MANAGEDONLINEENDPOINT" or "KUBERNETESONLINEENDPOINT" => ("endpoint", "an endpoint", "; use New-MlEndpoint or Update-MlEndpoint"),
        "MANAGEDONLINEDEPLOYMENT" or "KUBERNETESONLINEDEPLOYMENT" => ("deployment", "a deployment", "; use New-MlDeployment or Update-MlDeployment"),
        "MODEL" => ("model", "a model", "; use Register-MlModel"),
        "BATCHENDPOINT" or "BATCHDEPLOYMENT" or "MODELBATCHDEPLOYMENT" or "PIPELINECOMPONENTBATCHDEPLOYMENT" => ("batch", "something for batches", ", which this module does not know"),
        "ENVIRONMENT" => ("environment", "an environment", "; name it in a deployment with environment: file:<path>"),
        _ => null,
    };

    [GeneratedRegex(@"(?:\A|/)(?<id>[A-Za-z]+)\.schema\.json\z")]
    private static partial Regex SchemaRule();
}
