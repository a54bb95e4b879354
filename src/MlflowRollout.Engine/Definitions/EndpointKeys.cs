namespace MlflowRollout.Engine.Definitions;

/// <summary>Keys of an endpoint's definition, and of a file of weights alone.</summary>
internal static class EndpointKeys
{
    private static readonly DefinitionSection AssignedIdentity = new(
        "user-assigned identity",
        new DefinitionKey("resource_id", DefinitionForm.Text, "Resource id of the identity.") { IsRequired = true },
        DefinitionKey.ReadOnly("client_id", "Its client id."),
        DefinitionKey.ReadOnly("principal_id", "Its principal id."),
        DefinitionKey.ReadOnly("object_id", "Its object id."));

    private static readonly DefinitionSection Identity = new(
        "identity",
        new DefinitionKey("type", DefinitionForm.Choice, "Kind of identity that the endpoint acts with.")
        {
            Default = "system_assigned",
            Choices = ["system_assigned", "user_assigned", "system_assigned,user_assigned", "none"],
        },
        new DefinitionKey("user_assigned_identities", DefinitionForm.List, "User-assigned identities: resource ids, or maps with resource_id.") { Section = AssignedIdentity },
        DefinitionKey.ReadOnly("principal_id", "Principal id of the system-assigned identity."),
        DefinitionKey.ReadOnly("tenant_id", "Tenant of the system-assigned identity."));

    private static readonly DefinitionKey Traffic = new(
        "traffic", DefinitionForm.Weights, "Live weights in whole percents by deployment; the sum is 100, or 0. A new endpoint has no deployments, so it takes none.")
    {
        Minimum = 0,
        Maximum = 100,
    };

    private static readonly DefinitionKey Mirror = new(
        "mirror_traffic", DefinitionForm.Weights, "Mirrored weight: one deployment, at most 50 percent, and none that has live traffic. Managed endpoints only.")
    {
        Minimum = 0,
        Maximum = 50,
    };

    /// <summary>Keys of an endpoint.</summary>
    public static DefinitionSection Endpoint { get; } = new(
        "endpoint",
        new DefinitionKey("$schema", DefinitionForm.Text, "Schema for editors. Not read, but for the kind of definition that it names."),
        new DefinitionKey("name", DefinitionForm.Text, "Name: 3 to 32 letters, digits and hyphens, starting with a letter. The parameter -Name wins."),
        new DefinitionKey("description", DefinitionForm.Text, "Free text."),
        new DefinitionKey("tags", DefinitionForm.Texts, "Tags."),
        new DefinitionKey("properties", DefinitionForm.Texts, "Service properties. Those that the service itself writes are passed over."),
        new DefinitionKey("auth_mode", DefinitionForm.Choice, "How scoring requests authenticate. It cannot be changed later.")
        {
            Default = "key",
            Choices = ["key", "aml_token", "aad_token"],
        },
        new DefinitionKey("compute", DefinitionForm.Text, "Kubernetes compute, as azureml:name or a resource id. It makes the endpoint a Kubernetes one."),
        new DefinitionKey("identity", DefinitionForm.Section, "Identity that the endpoint acts with.") { Section = Identity },
        Traffic,
        Mirror,
        new DefinitionKey("public_network_access", DefinitionForm.Choice, "Whether it can be reached from the public network.")
        {
            Default = "enabled",
            Choices = ["enabled", "disabled"],
            OnlyFor = MlComputeType.Managed,
        },
        DefinitionKey.ReadOnly("id", "Resource id."),
        DefinitionKey.ReadOnly("resourceGroup", "Resource group, which the CLI adds."),
        DefinitionKey.ReadOnly("scoring_uri", "Address for scoring requests."),
        DefinitionKey.ReadOnly("openapi_uri", "Address of the request format."),
        DefinitionKey.ReadOnly("provisioning_state", "State."),
        DefinitionKey.ReadOnly("kind", "Kind of the endpoint."),
        DefinitionKey.ReadOnly("location", "Region."),
        DefinitionKey.ReadOnly("creation_context", "Who made it, and when."));

    /// <summary>Keys of a file of weights.</summary>
    public static DefinitionSection Weights { get; } = new(
        "traffic",
        new DefinitionKey("$schema", DefinitionForm.Text, "Schema for editors. Not read."),
        new DefinitionKey("name", DefinitionForm.Text, "Endpoint. The parameter -Endpoint wins."),
        Traffic,
        Mirror);
}
