namespace MlflowRollout.Engine.Errors;

/// <summary>What to do next, by the service's code and the status.</summary>
internal static class RecommendedActions
{
    private static readonly Dictionary<string, string> ByCode = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ImageBuildFailure"] = "Read the image build log in the workspace's storage; check the registry's roles and, in a private network, the workspace's image build compute.",
        ["OutOfQuota"] = "Free or request quota for the named resource, or take another -InstanceType or a smaller -InstanceCount.",
        ["BadArgument"] = "Correct the named value of the deployment and create it again with -IfExists ReplaceFailed.",
        ["ResourceNotReady"] = "Read the whole log with Get-MlDeploymentLog (containers InferenceServer and StorageInitializer), then create it again with -IfExists ReplaceFailed.",
        ["DeploymentFailed"] = "Read the whole log with Get-MlDeploymentLog, then create it again with -IfExists ReplaceFailed.",
        ["ResourceNotFound"] = "Check that the named model, image or registry exists and that the endpoint's identity may read it.",
        ["WorkspaceManagedNetworkNotReady"] = "Provision the workspace's managed network first.",
        ["OperationCanceled"] = "Try again: another operation of higher priority took over.",
        ["SecretsInjectionError"] = "Check that the endpoint's identity may read the secrets of the workspace.",
        ["InternalServerError"] = "Try again. When it repeats, check the AcrPull role of the endpoint's identity and the region's capacity; the correlation id helps the service's support.",
        ["ModelRegistryError"] = "Check that the model version exists and that its files are still in storage.",
        ["SubscriptionNotRegistered"] = "Register the resource providers of Azure Machine Learning in the subscription (Microsoft.MachineLearningServices, Microsoft.PolicyInsights, Microsoft.Cdn, Microsoft.ContainerRegistry).",
        ["MissingDriverProgram"] = "The image lacks the MLflow inference server; deploy the model without an environment, or with one that has it.",
        ["SubscriptionNotFound"] = "Check the subscription id and the tenant of the signed-in account.",
        ["ResourceGroupNotFound"] = "Check the resource group's name and the subscription.",
        ["ExpiredAuthenticationToken"] = "Connect again with Connect-MlWorkspace.",
        ["InvalidAuthenticationToken"] = "Connect again with Connect-MlWorkspace.",
        ["AuthorizationFailed"] = "Ask for a role on the workspace that has the named action, for instance AzureML Data Scientist.",
        ["EmulatorNotSupported"] = "Use a workspace of the cloud for it.",
    };

    /// <summary>The next step; null where nothing sensible can be said.</summary>
    public static string? For(int status, IReadOnlyList<string> codes)
    {
        // The innermost code is the most telling one.
        foreach (string code in codes.Reverse())
        {
            if (ByCode.TryGetValue(code, out string? action) && (status != 404 || code != "ResourceNotFound"))
            {
                return action;
            }
        }

        return status switch
        {
            401 => "Connect again with Connect-MlWorkspace.",
            403 => "Ask for a role on the workspace that has the named action, for instance AzureML Data Scientist.",
            409 or 412 => "Wait for the running operation (Wait-MlEndpoint, Wait-MlDeployment), look at what is there and try again.",
            429 => "Wait a few minutes and try again, with fewer calls at once.",
            >= 500 => "Try again later; the correlation id helps the service's support.",
            _ => null,
        };
    }
}
