using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Arm.Packages;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Operations;

/// <summary>The package that a deployment names as its environment: a model with what serves it.</summary>
/// <param name="Model">Id of the model that was packaged.</param>
/// <param name="Uri">Where its files are.</param>
/// <param name="Variables">Environment variables that are set unless the deployment sets them.</param>
internal sealed record DeploymentPackage(string Model, string Uri, JsonObject Variables)
{
    /// <summary>Finds the package of a deployment; null where its environment is none.</summary>
    /// <exception cref="DeploymentStartException">The package cannot be served here.</exception>
    public static DeploymentPackage? Find(EmulatorContext context, string deployment, JsonObject properties)
    {
        if (!AssetReference.TryParse(properties["environmentId"]?.GetValue<string>(), context.Identity, out AssetReference? reference)
            || context.Database.Read(connection => AssetTable.FindVersion(connection, reference.Collection, reference.Name, reference.Version)) is not { } version
            || version.Body[PackageRequest.Member] is not JsonObject stored)
        {
            return null;
        }

        string named = reference.Collection.Describe(reference.Name, reference.Version);
        if (properties["model"] is not null)
        {
            throw Refuse($"The {named} is a package, which brings its model along. Leave the model of deployment '{deployment}' out.");
        }

        string type = stored["serverType"]!.GetValue<string>();
        if (type != "AzureMLOnline")
        {
            throw Refuse($"The {named} is a package for {type}, and the emulator serves packages for AzureMLOnline only.");
        }

        if (!context.Loose && (stored["codeId"] is not null || stored["baseEnvironment"] is not null))
        {
            throw Refuse($"The {named} is a package with {(stored["codeId"] is null ? "a base environment" : "a scoring script")}, which is not supported by the emulator: it serves packages of MLflow models without one. Package the model alone, or start the emulator with --loose to ignore it.");
        }

        return new DeploymentPackage(stored["model"]!.GetValue<string>(), stored["modelUri"]!.GetValue<string>(), stored["environmentVariables"]!.AsObject());
    }

    private static DeploymentStartException Refuse(string message) => new(StartFailure.BadArgument, message);
}
