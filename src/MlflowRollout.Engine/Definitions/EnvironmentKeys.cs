namespace MlflowRollout.Engine.Definitions;

/// <summary>Keys of an environment within a deployment's definition, or in a file that it names.</summary>
internal static class EnvironmentKeys
{
    private static readonly DefinitionSection Build = new(
        "build",
        new DefinitionKey("path", DefinitionForm.Text, "Local folder that the image is built from, relative to the definition file.") { IsRequired = true },
        new DefinitionKey("dockerfile_path", DefinitionForm.Text, "Dockerfile within that folder.") { Default = "Dockerfile" });

    private static readonly DefinitionSection Route = new(
        "route",
        new DefinitionKey("port", DefinitionForm.Whole, "Port of the container.") { IsRequired = true, Minimum = 1, Maximum = 65535 },
        new DefinitionKey("path", DefinitionForm.Text, "Path, such as /score.") { IsRequired = true });

    private static readonly DefinitionSection Inference = new(
        "inference_config",
        new DefinitionKey("liveness_route", DefinitionForm.Section, "Route of the liveness probe.") { IsRequired = true, Section = Route },
        new DefinitionKey("readiness_route", DefinitionForm.Section, "Route of the readiness probe.") { IsRequired = true, Section = Route },
        new DefinitionKey("scoring_route", DefinitionForm.Section, "Route of scoring requests.") { IsRequired = true, Section = Route });

    /// <summary>Keys of an environment.</summary>
    public static DefinitionSection Environment { get; } = new(
        "environment",
        new DefinitionKey("$schema", DefinitionForm.Text, "Schema for editors. Not read, but for the kind of definition that it names."),
        new DefinitionKey("name", DefinitionForm.Text, "Name to register it under.") { Default = "none: named after its content" },
        new DefinitionKey("version", DefinitionForm.Version, "Version to register.") { Default = "the next number" },
        new DefinitionKey("description", DefinitionForm.Text, "Free text."),
        new DefinitionKey("tags", DefinitionForm.Texts, "Tags."),
        new DefinitionKey("image", DefinitionForm.Text, "Container image. Excludes build."),
        new DefinitionKey("conda_file", DefinitionForm.TextOrMap, "Conda file, relative to the definition file, or its content as a map. Needs image."),
        new DefinitionKey("build", DefinitionForm.Section, "Folder that the service builds the image from. Excludes image.") { Section = Build },
        new DefinitionKey("inference_config", DefinitionForm.Section, "Routes of an image that brings its own server.") { Section = Inference },
        new DefinitionKey("os_type", DefinitionForm.Choice, "Operating system.") { Default = "linux", Choices = ["linux", "windows"] },
        DefinitionKey.Refused("datastore", "build contexts are uploaded to the workspace's default datastore"),
        DefinitionKey.ReadOnly("id", "Resource id."),
        DefinitionKey.ReadOnly("resourceGroup", "Resource group, which the CLI adds."),
        DefinitionKey.ReadOnly("creation_context", "Who made it, and when."),
        DefinitionKey.ReadOnly("latest_version", "Newest version."));
}
