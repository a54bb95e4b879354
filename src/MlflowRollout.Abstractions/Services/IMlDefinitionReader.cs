using MlflowRollout.Definitions;

namespace MlflowRollout.Services;

/// <summary>
/// Reads definition files: those of the Azure CLI v2 (YAML or JSON, found from the content) and the JSON configurations of MLflow's Azure ML plugin.
/// Reads files only; no call.
/// </summary>
public interface IMlDefinitionReader
{
    /// <summary>Reads the definition of an endpoint, managed or Kubernetes.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="replaced">Keys whose values are given otherwise: those of the file are not looked at and read as null.</param>
    /// <exception cref="MlValidationException">
    /// <see cref="MlErrorIds"/> <c>DefinitionParseFailed</c> (broken YAML or JSON) or <c>DefinitionInvalid</c> (unknown key, wrong type or value): with path, line,
    /// column and, for a misspelt key, the near match.
    /// </exception>
    MlEndpointDefinition ReadEndpoint(string path, IReadOnlyCollection<string>? replaced = null);

    /// <summary>Reads the definition of a deployment, managed or Kubernetes.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="replaced">Keys whose values are given otherwise: those of the file are not looked at and read as null.</param>
    /// <exception cref="MlValidationException">As for <see cref="ReadEndpoint"/>.</exception>
    MlDeploymentDefinition ReadDeployment(string path, IReadOnlyCollection<string>? replaced = null);

    /// <summary>Reads the definition of a model.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="replaced">Keys whose values are given otherwise: those of the file are not looked at and read as null.</param>
    /// <exception cref="MlValidationException">As for <see cref="ReadEndpoint"/>.</exception>
    MlModelDefinition ReadModel(string path, IReadOnlyCollection<string>? replaced = null);

    /// <summary>Reads a file of weights alone (<c>{"traffic": {"blue": 90, "green": 10}}</c>) or the traffic of an endpoint's definition.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="replaced">Keys whose values are given otherwise: those of the file are not looked at and read as null.</param>
    /// <exception cref="MlValidationException">As for <see cref="ReadEndpoint"/>.</exception>
    MlEndpointDefinition ReadTraffic(string path, IReadOnlyCollection<string>? replaced = null);
}
