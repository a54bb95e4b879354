namespace MlflowRollout.Engine.Errors;

/// <summary>What to do next, by the service's code, its words and the status.</summary>
internal static class RecommendedActions
{
    /// <summary>For a deployment that failed.</summary>
    public const string ReadLog = "Read the whole log with Get-MlDeploymentLog (containers InferenceServer and StorageInitializer), then create it again with -IfExists ReplaceFailed.";

    private const string RegistryAccess = "Check that the cluster or the endpoint's identity may pull from the container registry (role AcrPull), and that the registry can be reached.";
    private const string Script = "Correct the scoring script; Get-MlDeploymentLog has its trace. Then create it again with -IfExists ReplaceFailed.";
    private const string SignInAgain = "Connect again with Connect-MlWorkspace.";

    /// <summary>For a failure of the service itself.</summary>
    public const string Later = "Try again later; the correlation id helps the service's support.";

    private static readonly Dictionary<string, string> ByCode = new(StringComparer.OrdinalIgnoreCase)
    {
        // Deployments.
        ["ImageBuildFailure"] = "Read the image build log in the workspace's storage; check the registry's roles and, in a private network, the workspace's image build compute.",
        ["OutOfQuota"] = "Free or request quota for the named resource, or take another -InstanceType or a smaller -InstanceCount.",
        ["BadArgument"] = "Correct the named value of the deployment and create it again with -IfExists ReplaceFailed.",
        ["ResourceNotReady"] = ReadLog,
        ["DeploymentFailed"] = "Read the whole log with Get-MlDeploymentLog, then create it again with -IfExists ReplaceFailed.",
        ["ResourceNotFound"] = "Check that the named model, image or registry exists and that the endpoint's identity may read it.",
        ["WorkspaceManagedNetworkNotReady"] = "Provision the workspace's managed network first.",
        ["OperationCanceled"] = "Try again: another operation of higher priority took over.",
        ["SecretsInjectionError"] = "Check that the endpoint's identity may read the secrets of the workspace.",
        ["InternalServerError"] = "Try again. When it repeats, check the AcrPull role of the endpoint's identity and the region's capacity; the correlation id helps the service's support.",
        ["ModelRegistryError"] = "Check that the model version exists and that its files are still in storage.",
        ["SubscriptionNotRegistered"] = "Register the resource providers of Azure Machine Learning in the subscription (Microsoft.MachineLearningServices, Microsoft.PolicyInsights, Microsoft.Cdn, Microsoft.ContainerRegistry).",
        ["MissingDriverProgram"] = "The image lacks the MLflow inference server; deploy the model without an environment, or with one that has it.",
        ["StorageManifestError"] = "Check that the model's or code's files are still in the workspace's storage; register the model again where they are gone.",
        ["BlobContainerNotFound"] = "Check that the container of the workspace's datastore exists; register the model again where its files are gone.",

        // Kubernetes.
        ["ACRSecretError"] = RegistryAccess,
        ["ACRAuthenticationChallengeFailed"] = RegistryAccess,
        ["ACRTokenExchangeFailed"] = RegistryAccess,
        ["ImagePullLoopBackOff"] = RegistryAccess,
        ["TokenRefreshFailed"] = "Check that the cluster has time and network to reach Microsoft Entra, and reinstall the Azure Machine Learning extension where it stays so.",
        ["GetAADTokenFailed"] = "Check the network of the cluster and the identity of the endpoint: it got no token.",
        ["KubernetesUnaccessible"] = "Check that the cluster runs, is attached to the workspace, and has a healthy Azure Machine Learning extension.",
        ["DeploymentCrashLoopBackOff"] = ReadLog,
        ["KubernetesCrashLoopBackOff"] = ReadLog,
        ["UserScriptInitFailed"] = Script,
        ["UserScriptImportError"] = "Add the missing package to the environment, or correct the import. Then create it again with -IfExists ReplaceFailed.",
        ["UserScriptFunctionNotFound"] = "The scoring script needs the functions init() and run(). Then create it again with -IfExists ReplaceFailed.",
        ["NamespaceNotFound"] = "Create the named namespace in the cluster, or correct the one of the attached compute.",
        ["EndpointNotFound"] = "Create the endpoint first (New-MlEndpoint); when it is there, wait for it with Wait-MlEndpoint.",
        ["EndpointAlreadyExists"] = "Take another name (-UniqueSuffix), or delete the endpoint that is left in the cluster.",
        ["ScoringFeUnhealthy"] = "Look at the pods of the scoring front end in the cluster (azureml-fe), and give them what they lack.",
        ["ValidateScoringFailed"] = "The endpoint does not answer from within the cluster: look at azureml-fe and at the deployment's log.",
        ["InvalidDeploymentSpec"] = "Correct the named value of the deployment and create it again with -IfExists ReplaceFailed.",
        ["PodUnschedulable"] = "No node has the room: ask for less with the container's resource requests, or add nodes.",
        ["PodOutOfMemory"] = "The container needs more memory than its limit: raise the limit, or take a smaller model or batch.",
        ["InferencingClientCallFailed"] = "Check that the endpoint and what it names exist; when they do, try again later.",

        // The control plane.
        ["SubscriptionNotFound"] = "Check the subscription id and the tenant of the signed-in account.",
        ["ResourceGroupNotFound"] = "Check the resource group's name and the subscription.",
        ["ParentResourceNotFound"] = "Create the endpoint first (New-MlEndpoint), or correct its name.",
        ["ExpiredAuthenticationToken"] = SignInAgain,
        ["InvalidAuthenticationToken"] = SignInAgain,
        ["AuthorizationFailed"] = "Ask for a role on the workspace that has the named action, for instance AzureML Data Scientist.",
        ["MissingApiVersionParameter"] = "Something between this machine and the service removes the query of its calls: check the proxy.",
        ["InvalidApiVersionParameter"] = "The service does not know this module's version of its interface: update the module.",
        ["InvalidRequestContent"] = "Correct what the message names. With -AdditionalProperty, check the names and types there.",
        ["Conflict"] = "Wait for the running operation (Wait-MlEndpoint, Wait-MlDeployment), look at what is there and try again.",
        ["TooManyRequests"] = "Wait a few minutes and try again, with fewer calls at once.",
        ["EmulatorNotSupported"] = "Use a workspace of the cloud for it.",
    };

    // Where the code says only that the request is bad, or that something failed.
    private static readonly (string Words, string Action)[] ByWords =
    [
        ("not enough quota", ByCode["OutOfQuota"]),
        ("is already an endpoint with this name", "Use -UniqueSuffix or another name."),
        ("'Image' must not be empty", "The model is served only with an environment: give the deployment one that has an image, or deploy an MLflow model of the workspace."),
        ("Updating provisioning state", ByCode["Conflict"]),
        ("for Probe:", "Correct the named setting of the probe (-LivenessProbe, -ReadinessProbe)."),
    ];

    /// <summary>The next step; null where nothing sensible can be said.</summary>
    public static string? For(int status, ServiceErrorBody body)
    {
        if (ByWords.FirstOrDefault(rule => body.Message.Contains(rule.Words, StringComparison.OrdinalIgnoreCase)).Action is { } byWords)
        {
            return byWords;
        }

        // The innermost code is the most telling one.
        foreach (string code in body.Codes.Reverse())
        {
            if (ByCode.TryGetValue(code, out string? action) && (status != 404 || code != "ResourceNotFound"))
            {
                return action;
            }
        }

        return For(status);
    }

    private static string? For(int status) => status switch
    {
        401 => SignInAgain,
        403 => ByCode["AuthorizationFailed"],
        409 or 412 => ByCode["Conflict"],
        429 => ByCode["TooManyRequests"],
        >= 500 => Later,
        404 => "Check the names, with the matching Get- cmdlet.",
        400 => "Correct what the message names and try again.",
        _ => null,
    };
}
