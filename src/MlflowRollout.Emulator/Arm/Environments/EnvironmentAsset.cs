using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Environments;

/// <summary>Environments: a container image, or what one is built from. None is ever built here.</summary>
internal sealed class EnvironmentAsset : AssetKind
{
    private const string DefaultDockerfile = "Dockerfile";

    /// <summary>What makes an environment what it is; a version keeps it.</summary>
    private static readonly string[] Content = ["image", "condaFile", "build", "osType", "inferenceConfig"];
    private static readonly string[] Routes = ["livenessRoute", "readinessRoute", "scoringRoute", "startupRoute"];
    private static readonly string[] Systems = ["Linux", "Windows"];
    private static readonly string[] Rebuilds = ["Disabled", "OnBaseImageUpdate"];

    public override string Noun => "environment";

    public override string Segment => "environments";

    public override string InvalidDetail => "EnvironmentServiceError";

    public override void Fill(string what, JsonObject sent, JsonObject properties, ResourceRecord? before)
    {
        List<(string Field, string Reason)> errors = [];
        string? image = Stored(sent.OptionalText("image", "properties.image"));
        string? conda = Stored(sent.OptionalText("condaFile", "properties.condaFile"));
        JsonObject? build = Build(sent);
        if (before is null && image is null && build is null)
        {
            errors.Add(("Image", "An environment needs an image or a build context, and this one has neither."));
        }

        if (build is not null && (image is not null || conda is not null))
        {
            errors.Add(("Build", $"An environment with a build context cannot have {(image is null ? "a condaFile" : "an image")} as well."));
        }

        string system = KnownWord.Read(sent, "osType", "properties.osType", "OsType", Systems, errors);
        string rebuild = KnownWord.Read(sent, "autoRebuild", "properties.autoRebuild", "AutoRebuild", Rebuilds, errors);
        if (errors.Count > 0)
        {
            throw ArmErrors.Validation(InvalidDetail, errors);
        }

        ResourceBody.Set(properties, "image", image);
        ResourceBody.Set(properties, "condaFile", conda is null ? null : CondaFile.ToJson(conda));
        ResourceBody.Set(properties, "build", build);
        ResourceBody.Set(properties, "inferenceConfig", InferenceConfig(sent));
        ResourceBody.Set(properties, "osType", system);
        ResourceBody.Set(properties, "autoRebuild", rebuild);
        ResourceBody.Set(properties, "environmentType", "UserCreated");
        ResourceBody.Set(properties, "stage", sent.OptionalText("stage", "properties.stage"));
        if (before is not null)
        {
            Keep(what, sent, properties, before.Properties);
        }
    }

    public override string? NamedBy(JsonObject deploymentProperties) => deploymentProperties["environmentId"]?.GetValue<string>();

    /// <summary>What is not sent again stays; what is sent again must be the same.</summary>
    private static void Keep(string what, JsonObject sent, JsonObject properties, JsonObject before)
    {
        foreach (string member in Content)
        {
            if (sent.Member(member) is null)
            {
                properties[member] = before[member]?.DeepClone();
            }
            else if (!JsonNode.DeepEquals(properties[member], before[member]))
            {
                throw Immutable(what, "image, condaFile, build, osType or inferenceConfig", $"properties.{member}");
            }
        }
    }

    private static JsonObject? Build(JsonObject sent)
    {
        JsonObject? asked = sent.OptionalObject("build", "properties.build");
        if (asked is null)
        {
            return null;
        }

        string? context = asked.OptionalText("contextUri", "properties.build.contextUri");
        if (string.IsNullOrEmpty(context))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'properties.build.contextUri' is missing.", "properties.build.contextUri");
        }

        JsonObject build = asked.DeepClone().AsObject();
        ResourceBody.Set(build, "contextUri", context);
        ResourceBody.Set(build, "dockerfilePath", asked.OptionalText("dockerfilePath", "properties.build.dockerfilePath") ?? DefaultDockerfile);
        return build;
    }

    private static JsonObject? InferenceConfig(JsonObject sent)
    {
        const string path = "properties.inferenceConfig";
        JsonObject? asked = sent.OptionalObject("inferenceConfig", path);
        if (asked is null)
        {
            return null;
        }

        JsonObject config = asked.DeepClone().AsObject();
        foreach (string name in Routes)
        {
            if (asked.OptionalObject(name, $"{path}.{name}") is { } route)
            {
                ResourceBody.Set(config, name, Route(route, $"{path}.{name}"));
            }
        }

        return config;
    }

    private static JsonObject Route(JsonObject asked, string path)
    {
        string? address = asked.OptionalText("path", $"{path}.path");
        int? port = asked.OptionalInteger("port", $"{path}.port");
        if (string.IsNullOrEmpty(address) || port is null)
        {
            throw ArmErrors.InvalidContent($"The request content was invalid: '{path}' needs a path and a port.", path);
        }

        if (port is < 1 or > 65535)
        {
            throw ArmErrors.InvalidContent($"The request content was invalid: '{path}.port' must be 1 to 65535, not {port.Value.ToString(CultureInfo.InvariantCulture)}.", $"{path}.port");
        }

        JsonObject route = asked.DeepClone().AsObject();
        ResourceBody.Set(route, "path", address);
        ResourceBody.Set(route, "port", port);
        return route;
    }

    private static string? Stored(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
