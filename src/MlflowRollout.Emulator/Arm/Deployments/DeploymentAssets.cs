using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>The model, environment and code that a deployment names: those that could be here must be.</summary>
internal static class DeploymentAssets
{
    /// <exception cref="ArmException">An asset of this emulator does not exist, or the model cannot be deployed in this way.</exception>
    public static void Check(SqliteConnection connection, EmulatorContext context, JsonObject body)
    {
        JsonObject properties = body["properties"]!.AsObject();
        List<(string Field, string Reason)> errors = [];
        ResourceRecord? model = Find(connection, context, properties, AssetCollection.Models.Kind, "Model", errors);
        Find(connection, context, properties, AssetCollection.Environments.Kind, "EnvironmentId", errors);
        Find(connection, context, properties, AssetCollection.Codes.Kind, "CodeConfiguration.CodeId", errors);
        if (model?.Properties["modelType"]?.GetValue<string>() is "custom_model" or "triton_model" && properties["environmentId"] is null)
        {
            errors.Add((
                "InferenceContainerConfiguration.ServingContainer.Image",
                $"'Image' must not be empty. The model '{model.Parent}' version '{model.Name}' is a {model.Properties["modelType"]}, and only an mlflow_model can be deployed without an environment."));
        }

        if (errors.Count > 0)
        {
            throw ArmErrors.Validation(DeploymentBody.InvalidDetail, errors);
        }
    }

    private static ResourceRecord? Find(
        SqliteConnection connection, EmulatorContext context, JsonObject properties, AssetKind kind, string field, List<(string Field, string Reason)> errors)
    {
        string? named = kind.NamedBy(properties);
        if (!AssetReference.TryParse(named, context.Identity, out AssetReference? reference))
        {
            return null;
        }

        if (reference.Collection.Kind.Segment != kind.Segment)
        {
            errors.Add((field, $"'{named}' is the id of a {reference.Collection.Kind.Noun}, and here a {kind.Noun} is needed."));
            return null;
        }

        ResourceRecord? version = AssetTable.FindVersion(connection, reference.Collection, reference.Name, reference.Version);
        string what = reference.Collection.Describe(reference.Name, reference.Version);
        if (version is null)
        {
            errors.Add((field, $"The {what} does not exist in {reference.Collection.Scope.Describe(context.Identity)}. Register it first."));
        }
        else if (version.State != ProvisioningStates.Succeeded && version.Live is null)
        {
            errors.Add((field, $"The {what} is in {version.State} provisioning state. Wait until it has Succeeded."));
        }

        return version;
    }
}
