namespace MlflowRollout.Engine.Definitions;

/// <summary>Keys of a deployment's definition.</summary>
internal static class DeploymentKeys
{
    private static readonly DefinitionSection Code = new(
        "code_configuration",
        new DefinitionKey("code", DefinitionForm.Text, "Local folder or file, relative to the definition file; azureml:name:version, a resource id, or the uri of a registry's code."),
        new DefinitionKey("scoring_script", DefinitionForm.Text, "Script within the code that scores."));

    private static readonly DefinitionSection Scale = new(
        "scale_settings",
        new DefinitionKey("type", DefinitionForm.Choice, "default: a fixed number of instances. target_utilization: by load, Kubernetes only.")
        {
            IsRequired = true,
            Choices = ["default", "target_utilization"],
        },
        new DefinitionKey("min_instances", DefinitionForm.Whole, "Fewest instances; with target_utilization.") { Default = "1", Minimum = 1 },
        new DefinitionKey("max_instances", DefinitionForm.Whole, "Most instances; with target_utilization.") { Default = "1", Minimum = 1 },
        new DefinitionKey("polling_interval", DefinitionForm.Whole, "Seconds between two looks at the load; with target_utilization.") { Default = "1", Minimum = 1 },
        new DefinitionKey("target_utilization_percentage", DefinitionForm.Whole, "Load to aim for, in percent; with target_utilization.")
        {
            Default = "70",
            Minimum = 1,
            Maximum = 100,
        });

    private static readonly DefinitionSection Requests = new(
        "request_settings",
        new DefinitionKey("request_timeout_ms", DefinitionForm.Whole, "How long a request may take, in milliseconds: at most 180000 on managed endpoints, 300000 on Kubernetes.")
        {
            Default = "5000",
            Minimum = 1,
            Maximum = 300_000,
        },
        new DefinitionKey("max_concurrent_requests_per_instance", DefinitionForm.Whole, "Requests that an instance works on at a time.")
        {
            Default = "1",
            Minimum = 1,
            Maximum = int.MaxValue,
        },
        new DefinitionKey("max_queue_wait_ms", DefinitionForm.Whole, "How long a request may wait for a free instance, in milliseconds.")
        {
            Default = "500",
            Minimum = 0,
            Maximum = 300_000,
        });

    private static readonly DefinitionSection Probe = new(
        "probe",
        new DefinitionKey("initial_delay", DefinitionForm.Whole, "Seconds before the first probe.") { Default = "10", Minimum = 0, Maximum = 86_400 },
        new DefinitionKey("period", DefinitionForm.Whole, "Seconds between probes; below 300.") { Default = "10", Minimum = 1, Maximum = 299 },
        new DefinitionKey("timeout", DefinitionForm.Whole, "Seconds that a probe may take; below 300.") { Default = "2", Minimum = 1, Maximum = 299 },
        new DefinitionKey("success_threshold", DefinitionForm.Whole, "Successes in a row until the container counts as good.") { Default = "1", Minimum = 1, Maximum = int.MaxValue },
        new DefinitionKey("failure_threshold", DefinitionForm.Whole, "Failures in a row until the container counts as failed.") { Default = "30", Minimum = 1, Maximum = int.MaxValue });

    private static readonly DefinitionSection DataAsset = new(
        "data",
        new DefinitionKey("data_id", DefinitionForm.Text, "Data asset, as azureml:name:version or a resource id. Excludes the others."),
        new DefinitionKey("name", DefinitionForm.Text, "Name of the data asset to register it as."),
        new DefinitionKey("path", DefinitionForm.Text, "Where it is written: azureml://datastores/…."),
        new DefinitionKey("version", DefinitionForm.Version, "Version of the data asset."));

    private static readonly DefinitionSection Collection = new(
        "collection",
        new DefinitionKey("enabled", DefinitionForm.Truth, "Whether it records.") { IsRequired = true },
        new DefinitionKey("data", DefinitionForm.TextOrSection, "Data asset that it is registered as: azureml:name:version, or a map.") { Section = DataAsset },
        new DefinitionKey("client_id", DefinitionForm.Text, "Client id of the managed identity that writes."),
        new DefinitionKey("sampling_rate", DefinitionForm.Number, "Share of requests, 0 to 1, of this collection alone.") { Default = "that of the collector", Minimum = 0, Maximum = 1 });

    private static readonly DefinitionSection Logging = new(
        "request_logging",
        new DefinitionKey("capture_headers", DefinitionForm.List, "Headers of requests that are recorded with them."));

    private static readonly DefinitionSection Collector = new(
        "data_collector",
        new DefinitionKey("collections", DefinitionForm.Sections, "Collections by name: model_inputs, model_outputs, or others that the scoring script makes.")
        {
            IsRequired = true,
            Section = Collection,
        },
        new DefinitionKey("sampling_rate", DefinitionForm.Number, "Share of requests, 0 to 1.") { Default = "1.0", Minimum = 0, Maximum = 1 },
        new DefinitionKey("rolling_rate", DefinitionForm.Choice, "How long one file of records is written to.")
        {
            Default = "hour",
            Choices = ["year", "month", "day", "hour", "minute"],
        },
        new DefinitionKey("request_logging", DefinitionForm.Section, "What is recorded of the requests beside their data.") { Section = Logging },
        DefinitionKey.Refused("enabled", "it is of the preview's first form. Each collection has its own: data_collector.collections.<name>.enabled"),
        DefinitionKey.Refused("destination", "it is of the preview's first form. A collection names its place: data_collector.collections.<name>.data"),
        DefinitionKey.Refused("sampling_strategy", "it is of the preview's first form. Write data_collector.sampling_rate"));

    private static readonly DefinitionSection Quantities = new(
        "resource quantities",
        new DefinitionKey("cpu", DefinitionForm.Text, "Cores, such as \"0.5\" or 500m."),
        new DefinitionKey("memory", DefinitionForm.Text, "Memory, such as 1Gi."),
        new DefinitionKey("nvidia.com/gpu", DefinitionForm.Text, "Graphics processors, a count."),
        new DefinitionKey("gpu", DefinitionForm.Text, "Another name of nvidia.com/gpu."));

    private static readonly DefinitionSection Resources = new(
        "resources",
        new DefinitionKey("requests", DefinitionForm.Section, "What the container asks for.") { Section = Quantities },
        new DefinitionKey("limits", DefinitionForm.Section, "What it may use at most.") { Section = Quantities });

    /// <summary>Keys of a deployment.</summary>
    public static DefinitionSection Deployment { get; } = new(
        "deployment",
        new DefinitionKey("$schema", DefinitionForm.Text, "Schema for editors. Not read, but for the kind of definition that it names."),
        new DefinitionKey("name", DefinitionForm.Text, "Name: 3 to 32 letters, digits and hyphens, starting with a letter. The parameter -Name wins."),
        new DefinitionKey("endpoint_name", DefinitionForm.Text, "Endpoint. The parameter -Endpoint wins."),
        new DefinitionKey("type", DefinitionForm.Choice, "Kind of the deployment.") { Default = "managed, unless $schema names the other", Choices = ["managed", "kubernetes"] },
        new DefinitionKey("description", DefinitionForm.Text, "Free text."),
        new DefinitionKey("tags", DefinitionForm.Texts, "Tags."),
        new DefinitionKey("properties", DefinitionForm.Texts, "Service properties. Those that the service itself writes are passed over."),
        new DefinitionKey("model", DefinitionForm.TextOrSection, "Model: a reference, or a map that is registered first.") { Section = ModelKeys.Model },
        new DefinitionKey("model_mount_path", DefinitionForm.Text, "Where the model is mounted in a container of one's own."),
        new DefinitionKey("code_configuration", DefinitionForm.Section, "Code that scores. An MLflow model needs none.") { Section = Code },
        new DefinitionKey("environment", DefinitionForm.TextOrSection, "Environment: a reference, file:<path> of a definition, or a map. An MLflow model needs none.")
        {
            Section = EnvironmentKeys.Environment,
        },
        new DefinitionKey("environment_variables", DefinitionForm.Texts, "Environment variables of the container."),
        new DefinitionKey("instance_type", DefinitionForm.Text, "Virtual machine size; needed on managed endpoints. On Kubernetes the cluster's instance type."),
        new DefinitionKey("instance_count", DefinitionForm.Whole, "Number of instances: at most 50 on managed endpoints.") { Default = "1", Minimum = 1, Maximum = 10_000 },
        new DefinitionKey("app_insights_enabled", DefinitionForm.Truth, "Application Insights.") { Default = "false" },
        new DefinitionKey("scale_settings", DefinitionForm.Section, "How it scales.") { Section = Scale },
        new DefinitionKey("request_settings", DefinitionForm.Section, "Limits of requests.") { Section = Requests },
        new DefinitionKey("liveness_probe", DefinitionForm.Section, "When the container counts as dead.") { Section = Probe },
        new DefinitionKey("readiness_probe", DefinitionForm.Section, "When the container counts as ready for requests.") { Section = Probe },
        new DefinitionKey("startup_probe", DefinitionForm.Section, "When the container counts as started.") { Section = Probe },
        new DefinitionKey("egress_public_network_access", DefinitionForm.Choice, "Whether the container may reach the public network.")
        {
            Default = "enabled",
            Choices = ["enabled", "disabled"],
            OnlyFor = MlComputeType.Managed,
        },
        new DefinitionKey("data_collector", DefinitionForm.Section, "What is recorded of the requests.") { Section = Collector },
        new DefinitionKey("resources", DefinitionForm.Section, "Resources of the container.") { Section = Resources, OnlyFor = MlComputeType.Kubernetes },
        DefinitionKey.Refused("private_network_connection", "it belongs to an old preview of the service. Set egress_public_network_access: disabled, or use the workspace's managed network"),
        DefinitionKey.ReadOnly("id", "Resource id."),
        DefinitionKey.ReadOnly("resourceGroup", "Resource group, which the CLI adds."),
        DefinitionKey.ReadOnly("provisioning_state", "State."),
        DefinitionKey.ReadOnly("location", "Region."),
        DefinitionKey.ReadOnly("kind", "Kind of the deployment."),
        DefinitionKey.ReadOnly("creation_context", "Who made it, and when."));
}
