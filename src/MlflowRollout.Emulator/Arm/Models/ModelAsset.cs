using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>Models: files of a type, with the flavors of MLflow.</summary>
internal sealed class ModelAsset : AssetKind
{
    public override string Noun => "model";

    public override string Segment => "models";

    public override string? UriMember => "modelUri";

    public override void Fill(string what, JsonObject sent, JsonObject properties, ResourceRecord? before)
    {
        string? uri = sent.OptionalText("modelUri", "properties.modelUri");
        string? type = sent.OptionalText("modelType", "properties.modelType");
        string? storedUri = before?.Properties["modelUri"]?.GetValue<string>();
        string? storedType = before?.Properties["modelType"]?.GetValue<string>();
        if (before is null && string.IsNullOrEmpty(uri))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'properties.modelUri' is missing.", "properties.modelUri");
        }

        if (before is not null && ((uri is not null && uri != storedUri) || (type is not null && type != storedType)))
        {
            throw Immutable(what, "modelUri or modelType", "properties.modelUri");
        }

        ResourceBody.Set(properties, "modelUri", uri ?? storedUri);
        ResourceBody.Set(properties, "modelType", type ?? storedType ?? "custom_model");
        ResourceBody.Set(properties, "flavors", sent.OptionalObject("flavors", "properties.flavors")?.DeepClone() ?? before?.Properties["flavors"]?.DeepClone() ?? new JsonObject());
        ResourceBody.Set(properties, "jobName", sent.OptionalText("jobName", "properties.jobName"));
        ResourceBody.Set(properties, "stage", sent.OptionalText("stage", "properties.stage"));
    }

    public override string? NamedBy(JsonObject deploymentProperties) => deploymentProperties["model"]?.GetValue<string>();
}
