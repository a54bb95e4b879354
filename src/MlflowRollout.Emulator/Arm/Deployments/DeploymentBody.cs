using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>What a PUT of a deployment becomes: checked, defaults filled, without what the server owns.</summary>
internal static class DeploymentBody
{
    public const string InvalidDetail = "InferencingClientCreateDeploymentFailed";
    public const int LargestInstanceCount = 50;

    private static readonly string[] ComputeTypes = ["Managed", "Kubernetes", "AzureMLCompute"];

    /// <param name="before">The deployment as it is; null when it is created.</param>
    public static JsonObject Normalize(string name, JsonObject source, ResourceRecord endpoint, ResourceRecord? before)
    {
        JsonObject sent = ResourceBody.RequiredProperties(source);
        List<(string Field, string Reason)> errors = [];
        JsonObject properties = sent.DeepClone().AsObject();
        ResourceBody.Set(properties, "provisioningState", null);
        properties.Remove("provisioningState");

        bool kubernetes = ComputeType(sent, endpoint, properties, errors);
        if ((kubernetes ? ResourceNames.ProblemOfKubernetesDeployment(endpoint.Name, name) : ResourceNames.ProblemOfEndpointOrDeployment("deployment", name)) is { } problem)
        {
            errors.Add(("Name", problem));
        }

        Fill(properties, sent, errors);
        InstanceType(sent, before, kubernetes, properties, errors);
        RequestSettings(sent, kubernetes, properties, errors);
        ScaleBody.Fill(sent, kubernetes, properties, errors);
        DataCollectorBody.Fill(sent, properties, errors);
        if (kubernetes)
        {
            ContainerResourcesBody.Fill(sent, properties, errors);
        }

        ProbeBody.Fill(sent, properties, errors);
        Container(properties, errors);
        JsonObject sku = Sku(source, before, kubernetes, errors);
        if (errors.Count > 0)
        {
            throw ArmErrors.Validation(InvalidDetail, errors);
        }

        ResourceBody.Set(
            properties,
            "properties",
            ResourceBody.UserProperties(
                sent.OptionalTextMap("properties", "properties.properties") ?? [],
                before?.Properties["properties"] as JsonObject,
                InvalidDetail));
        JsonObject body = ResourceBody.Envelope(source, properties);
        ResourceBody.Set(body, "location", ResourceBody.RequiredLocation(source));
        ResourceBody.Set(body, "sku", sku);
        if (source.OptionalObject("identity", "identity") is { } identity)
        {
            ResourceBody.Set(body, "identity", ManagedIdentity.Normalize(identity));
        }

        return body;
    }

    /// <summary>Reads and checks <c>sku.capacity</c> of a PUT or PATCH; null where it is absent.</summary>
    /// <param name="kubernetes">Whether a cluster bounds the instances, and not the service.</param>
    public static int? Capacity(JsonObject source, bool kubernetes, List<(string Field, string Reason)> errors)
    {
        int? capacity = source.OptionalObject("sku", "sku")?.OptionalInteger("capacity", "sku.capacity");
        if (capacity < 1 || (capacity > LargestInstanceCount && !kubernetes))
        {
            string most = kubernetes ? "or more" : $"to {LargestInstanceCount.ToString(CultureInfo.InvariantCulture)}";
            errors.Add(("InstanceCount", $"The instance count {capacity.Value.ToString(CultureInfo.InvariantCulture)} must be 1 {most}."));
        }

        return capacity;
    }

    private static bool ComputeType(JsonObject sent, ResourceRecord endpoint, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        string? asked = sent.OptionalText("endpointComputeType", "properties.endpointComputeType");
        string? type = Array.Find(ComputeTypes, known => known.Equals(asked, StringComparison.OrdinalIgnoreCase));
        bool kubernetesEndpoint = endpoint.Properties["compute"] is not null;
        if (type is null)
        {
            errors.Add(("EndpointComputeType", $"The endpointComputeType '{asked}' must be one of {string.Join(", ", ComputeTypes)}."));
        }
        else if ((type == "Kubernetes") != kubernetesEndpoint)
        {
            errors.Add(("EndpointComputeType", $"The endpointComputeType '{type}' does not match endpoint '{endpoint.Name}', which is a {(kubernetesEndpoint ? "Kubernetes" : "managed")} endpoint."));
        }

        ResourceBody.Set(properties, "endpointComputeType", type);
        return type == "Kubernetes";
    }

    /// <summary>Types of the plain members, and the defaults of those that have one.</summary>
    private static void Fill(JsonObject properties, JsonObject sent, List<(string Field, string Reason)> errors)
    {
        ResourceBody.Set(properties, "model", sent.OptionalText("model", "properties.model"));
        ResourceBody.Set(properties, "modelMountPath", sent.OptionalText("modelMountPath", "properties.modelMountPath"));
        ResourceBody.Set(properties, "environmentId", sent.OptionalText("environmentId", "properties.environmentId"));
        ResourceBody.Set(properties, "description", sent.OptionalText("description", "properties.description"));
        ResourceBody.Set(properties, "environmentVariables", sent.OptionalTextMap("environmentVariables", "properties.environmentVariables") ?? []);
        ResourceBody.Set(properties, "appInsightsEnabled", sent.OptionalFlag("appInsightsEnabled", "properties.appInsightsEnabled") ?? false);
        ResourceBody.Set(properties, "egressPublicNetworkAccess", NetworkAccess.Read(sent, "egressPublicNetworkAccess", errors));
        JsonObject? code = sent.OptionalObject("codeConfiguration", "properties.codeConfiguration");
        if (code is not null && string.IsNullOrEmpty(code.OptionalText("scoringScript", "properties.codeConfiguration.scoringScript")))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'properties.codeConfiguration.scoringScript' is missing.", "properties.codeConfiguration.scoringScript");
        }

        _ = code?.OptionalText("codeId", "properties.codeConfiguration.codeId");
        ResourceBody.Set(properties, "codeConfiguration", code?.DeepClone());
    }

    private static void InstanceType(JsonObject sent, ResourceRecord? before, bool kubernetes, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        string? asked = sent.OptionalText("instanceType", "properties.instanceType");
        string? stored = before?.Properties["instanceType"]?.GetValue<string>();
        if (before is not null && asked is not null && !asked.Equals(stored, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(("InstanceType", $"The instance type cannot be changed from '{stored}' to '{asked}'. Create another deployment with it and move the traffic there."));
        }

        ResourceBody.Set(properties, "instanceType", stored ?? asked ?? (kubernetes ? "defaultinstancetype" : "Standard_F4s_v2"));
    }

    private static void RequestSettings(JsonObject sent, bool kubernetes, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        JsonObject asked = sent.OptionalObject("requestSettings", "properties.requestSettings") ?? [];
        JsonObject settings = asked.DeepClone().AsObject();
        int concurrency = asked.OptionalInteger("maxConcurrentRequestsPerInstance", "properties.requestSettings.maxConcurrentRequestsPerInstance") ?? 1;
        if (concurrency < 1)
        {
            errors.Add(("RequestSettings.MaxConcurrentRequestsPerInstance", $"The value {concurrency.ToString(CultureInfo.InvariantCulture)} must be 1 or more."));
        }

        ResourceBody.Set(settings, "maxConcurrentRequestsPerInstance", concurrency);
        IsoDuration.Fill(asked, settings, "maxQueueWait", "PT0.5S", "properties.requestSettings");
        if (!kubernetes)
        {
            // Deprecated for managed endpoints: the service takes it and answers that there is none.
            ResourceBody.Set(settings, "maxQueueWait", "PT0S");
        }

        TimeSpan timeout = IsoDuration.Fill(asked, settings, "requestTimeout", "PT5S", "properties.requestSettings");
        TimeSpan longest = TimeSpan.FromSeconds(kubernetes ? 300 : 180);
        if (timeout > longest || timeout <= TimeSpan.Zero)
        {
            errors.Add(("RequestSettings.RequestTimeout", $"The request timeout {IsoDuration.Write(timeout)} must be above PT0S and at most {IsoDuration.Write(longest)}."));
        }

        ResourceBody.Set(properties, "requestSettings", settings);
    }

    /// <summary>A container needs an image; only the service's MLflow deployments bring their own.</summary>
    private static void Container(JsonObject properties, List<(string Field, string Reason)> errors)
    {
        if (properties["model"] is null && properties["environmentId"] is null)
        {
            errors.Add(("InferenceContainerConfiguration.ServingContainer.Image", "'Image' must not be empty. Name an MLflow model, which brings its own, or an environment."));
        }
    }

    private static JsonObject Sku(JsonObject source, ResourceRecord? before, bool kubernetes, List<(string Field, string Reason)> errors)
    {
        JsonObject? asked = source.OptionalObject("sku", "sku");
        JsonObject sku = asked?.DeepClone().AsObject() ?? [];
        int capacity = Capacity(source, kubernetes, errors) ?? before?.Body["sku"]?["capacity"]?.GetValue<int>() ?? 1;
        ResourceBody.Set(sku, "name", "Default");
        ResourceBody.Set(sku, "tier", asked?.OptionalText("tier", "sku.tier") ?? "Standard");
        ResourceBody.Set(sku, "capacity", capacity);
        return sku;
    }
}
