namespace MlflowRollout.Emulator.Arm;

/// <summary>Templates of the paths that are served.</summary>
internal static class ArmPaths
{
    public const string Provider = "subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices";
    public const string Workspace = Provider + "/workspaces/{workspace}";
    public const string Registry = Provider + "/registries/{registry}";
    public const string Endpoint = Workspace + "/onlineEndpoints/{endpoint}";
    public const string Deployment = Endpoint + "/deployments/{deployment}";
    public const string Datastore = Workspace + "/datastores/{datastore}";
    public const string Location = "subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}";
}
