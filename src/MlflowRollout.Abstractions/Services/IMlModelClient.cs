namespace MlflowRollout.Services;

/// <summary>Models of a workspace.</summary>
public interface IMlModelClient
{
    /// <summary>Uploads (when local), registers and returns the version, with its signature where it is known.</summary>
    /// <param name="registration">What to register.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlModel?> RegisterAsync(MlModelRegistration registration, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Lists versions as the service pages them.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Stops.</param>
    IAsyncEnumerable<MlModel> ListAsync(MlModelQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The model that a reference names: <c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>name:version</c>, <c>name</c> (latest),
    /// <c>models:/name/version</c>, a resource id with or without <c>azureml:</c>.
    /// </summary>
    /// <param name="reference">The reference.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlNotFoundException">No such model; names the near match.</exception>
    Task<MlModel> ResolveAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Changes a version.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version.</param>
    /// <param name="changes">Changes.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<MlModel?> UpdateAsync(string name, string version, MlModelChanges changes, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Deletes a version; refused while a deployment uses it.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False when the caller did not give leave.</returns>
    Task<bool> RemoveAsync(string name, string version, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Downloads a version, verifies it and returns the full path of its folder or file. Nothing is left of a download that fails.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version.</param>
    /// <param name="download">Where to.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when the caller did not give leave.</returns>
    Task<string?> SaveAsync(string name, string version, MlModelDownload download, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Copies a version to another workspace, with its content hash, description, flavors, stage and tags, and with tags that say where it came from.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version.</param>
    /// <param name="copy">Where to.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The version there; null when the caller did not give leave.</returns>
    Task<MlModel?> CopyAsync(string name, string version, MlModelCopy copy, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Publishes a version to a registry and waits until it is there.</summary>
    /// <param name="name">Model.</param>
    /// <param name="version">Version.</param>
    /// <param name="publication">Where to.</param>
    /// <param name="context">Caller.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The version there; null when the caller did not give leave.</returns>
    Task<MlRegistryModel?> PublishAsync(string name, string version, MlModelPublication publication, IMlOperationContext context, CancellationToken cancellationToken);

    /// <summary>Names of the registries in the workspace's subscription that may be seen.</summary>
    /// <param name="cancellationToken">Stops.</param>
    IAsyncEnumerable<string> ListRegistriesAsync(CancellationToken cancellationToken);

    /// <summary>The signature from the model's <c>MLmodel</c> file in storage; null when the model has none or the role does not allow reading it.</summary>
    /// <param name="model">Model.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<MlModelSignature?> GetSignatureAsync(MlModel model, CancellationToken cancellationToken);
}
