using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Arm.Deployments;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.State;
using MlflowRollout.Emulator.Storage;

namespace MlflowRollout.Emulator.Operations;

/// <summary>Turns a stored deployment into what a model server needs: its model becomes a verified local folder.</summary>
internal sealed class DeploymentProvisioner(EmulatorContext context, ModelMaterializer materializer)
{
    private const string BadArgument = "BadArgument";

    /// <exception cref="DeploymentStartException">The deployment cannot be served, with the service's code.</exception>
    public async Task<DeploymentSpecification> ResolveAsync(string endpointName, string deploymentName, JsonObject body, CancellationToken cancellationToken)
    {
        JsonObject properties = body["properties"]!.AsObject();
        DeploymentPackage? package = DeploymentPackage.Find(context, deploymentName, properties);
        if (!context.Loose)
        {
            if (package is null)
            {
                Refuse(properties, "environmentId", "environment", "a container image or conda environment");
            }

            Refuse(properties, "codeConfiguration", "codeConfiguration", "a scoring script");
        }

        string model = package?.Model
            ?? properties["model"]?.GetValue<string>()
            ?? throw new DeploymentStartException(
                BadArgument,
                $"The deployment '{deploymentName}' names no model, and containers without an MLflow model are not supported by the emulator. Deploy an MLflow model.");
        string folder = await MaterializeAsync(model, package?.Uri ?? UriOf(model), cancellationToken);
        JsonObject settings = properties["requestSettings"]!.AsObject();
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach ((string name, JsonNode? value) in (package?.Variables ?? []).Concat(properties["environmentVariables"]!.AsObject()))
        {
            variables[name] = value!.GetValue<string>();
        }

        return new DeploymentSpecification(
            endpointName,
            deploymentName,
            folder,
            model,
            ScaleBody.InstanceCount(body),
            settings["maxConcurrentRequestsPerInstance"]!.GetValue<int>(),
            IsoDuration.Read(settings["maxQueueWait"]),
            IsoDuration.Read(settings["requestTimeout"]),
            variables);
    }

    /// <summary>Whether a running server is already what the specification asks for.</summary>
    public static bool IsSame(DeploymentSpecification left, DeploymentSpecification right) =>
        left with { EnvironmentVariables = right.EnvironmentVariables } == right
        && left.EnvironmentVariables.Count == right.EnvironmentVariables.Count
        && left.EnvironmentVariables.All(pair => right.EnvironmentVariables.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    private static void Refuse(JsonObject properties, string member, string name, string what)
    {
        if (properties[member] is not null)
        {
            throw new DeploymentStartException(
                BadArgument,
                $"The deployment has {what} ({name}), which is not supported by the emulator: it serves MLflow models without one. Leave it out, or start the emulator with --loose to ignore it.");
        }
    }

    /// <summary>Where the files of a model are, by the model's id or its own uri.</summary>
    private string UriOf(string model)
    {
        if (AssetReference.TryParse(model, context.Identity, out AssetReference? reference))
        {
            ResourceRecord version = context.Database.Read(connection => AssetTable.FindVersion(connection, reference.Collection, reference.Name, reference.Version))
                ?? throw new DeploymentStartException("ResourceNotFound", $"The model '{model}' does not exist in {reference.Collection.Scope.Describe(context.Identity)}.");
            return version.Properties["modelUri"]?.GetValue<string>()
                ?? throw new DeploymentStartException(BadArgument, $"The model '{model}' has no modelUri.");
        }

        return AssetReference.RegistryOf(model) is { } registry
            ? throw new DeploymentStartException(
                "ResourceNotFound",
                $"The registry '{registry}' of the model '{model}' is not in this emulator, which has '{context.Identity.Registry}'. Publish the model there, or register it in the workspace.")
            : model;
    }

    private async Task<string> MaterializeAsync(string model, string uri, CancellationToken cancellationToken)
    {
        if (!DatastoreUri.TryLocate(uri, context.Identity, out BlobPlace? place, out string? problem))
        {
            throw new DeploymentStartException(BadArgument, problem);
        }

        List<(string Name, string Sha256, long Size)> files = context.Database.Read(connection =>
            place.Files(connection).Select(blob => (place.Relative(blob), blob.Sha256, blob.Size)).ToList());
        if (files.Count == 0)
        {
            throw new DeploymentStartException("ResourceNotFound", $"There are no files at '{uri}', where the model '{model}' says it is.");
        }

        if (!files.Any(file => file.Name == "MLmodel"))
        {
            throw new DeploymentStartException(
                BadArgument,
                $"The model '{model}' has no file 'MLmodel' at its top, so it is no MLflow model, and other models need an environment, which is not supported by the emulator. It has: {string.Join(", ", files.Take(5).Select(file => file.Name))}{(files.Count > 5 ? ", …" : string.Empty)}.");
        }

        try
        {
            return await materializer.MaterializeAsync(files, cancellationToken);
        }
        catch (ModelFilesException exception)
        {
            throw new DeploymentStartException(BadArgument, exception.Message, exception);
        }
    }
}
