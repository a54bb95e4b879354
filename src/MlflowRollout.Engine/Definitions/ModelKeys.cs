namespace MlflowRollout.Engine.Definitions;

/// <summary>Keys of a model's definition, in a file of its own or within a deployment's.</summary>
internal static class ModelKeys
{
    /// <summary>Keys of a model.</summary>
    public static DefinitionSection Model { get; } = new(
        "model",
        new DefinitionKey("$schema", DefinitionForm.Text, "Schema for editors. Not read, but for the kind of definition that it names."),
        new DefinitionKey("name", DefinitionForm.Text, "Name: letters, digits, hyphens and underscores. A model within a deployment may do without. The parameter -Name wins."),
        new DefinitionKey("version", DefinitionForm.Version, "Version. In quotes where it has a point, since YAML reads 1.10 as the number 1.1.") { Default = "the next number" },
        new DefinitionKey("path", DefinitionForm.Text, "Local file or folder, relative to the definition file; azureml://…, runs:/…, or https://…. The parameter -Path wins."),
        new DefinitionKey("type", DefinitionForm.Choice, "Type of the model.")
        {
            Default = "mlflow_model where a local folder has an MLmodel file, else custom_model",
            Choices = ["custom_model", "mlflow_model", "triton_model"],
        },
        new DefinitionKey("flavors", DefinitionForm.Flavors, "Flavors, as a map of maps.") { Default = "read from MLmodel" },
        new DefinitionKey("description", DefinitionForm.Text, "Free text."),
        new DefinitionKey("tags", DefinitionForm.Texts, "Tags."),
        new DefinitionKey("properties", DefinitionForm.Texts, "Service properties."),
        new DefinitionKey("stage", DefinitionForm.Text, "Stage, such as Production."),
        DefinitionKey.Refused("datastore", "models are uploaded to the workspace's default datastore. For files that are in another one already, let path name them (azureml://datastores/<name>/paths/<path>)"),
        DefinitionKey.ReadOnly("id", "Resource id."),
        DefinitionKey.ReadOnly("resourceGroup", "Resource group, which the CLI adds."),
        DefinitionKey.ReadOnly("creation_context", "Who made it, and when."),
        DefinitionKey.ReadOnly("utc_time_created", "When it was made."),
        DefinitionKey.ReadOnly("job_name", "Run that made it."),
        DefinitionKey.ReadOnly("latest_version", "Newest version."));
}
