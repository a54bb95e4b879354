using System.Globalization;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm;

/// <summary>Ids and addresses of long-running operations, and the headers of the answers that start one.</summary>
internal static class OperationLinks
{
    private const string RegistryPrefix = "regidp";

    public static string NewId(EmulatorContext context, OperationKind kind)
    {
        string prefix = kind switch
        {
            OperationKind.DeploymentPut or OperationKind.DeploymentPatch or OperationKind.DeploymentDelete => "odidp",
            OperationKind.RegistryPut or OperationKind.RegistryDelete => RegistryPrefix,
            OperationKind.ModelPublish or OperationKind.ModelPackage => "moidp",
            _ => "oeidp",
        };
        return $"{prefix}:{context.Identity.WorkspaceId:D}:{Guid.NewGuid():D}";
    }

    public static string Status(EmulatorContext context, string operation, string apiVersion) =>
        $"{context.BaseUri}{StatusPath(context, operation)}?api-version={apiVersion}";

    public static string Result(EmulatorContext context, string operation, string apiVersion) =>
        $"{context.BaseUri}{Path(context, IsRegistrys(operation) ? "registryOperationResults" : "mfeOperationResults", operation)}?api-version={apiVersion}";

    /// <summary>Operations of registries have a resource type of their own.</summary>
    public static string StatusPath(EmulatorContext context, string operation) =>
        Path(context, IsRegistrys(operation) ? "registryOperationsStatus" : "mfeOperationsStatus", operation);

    private static bool IsRegistrys(string operation) => operation.StartsWith(RegistryPrefix + ":", StringComparison.Ordinal);

    private static string Path(EmulatorContext context, string type, string operation) =>
        $"/subscriptions/{context.Identity.SubscriptionId}/providers/Microsoft.MachineLearningServices/locations/{context.Identity.Location}/{type}/{operation}";

    /// <summary>Headers of a PUT: the resource itself is the final answer.</summary>
    public static IReadOnlyList<(string Name, string Value)> ForPut(EmulatorContext context, string operation, string resourceId, string apiVersion) =>
    [
        ("Azure-AsyncOperation", Status(context, operation, apiVersion)),
        ("Location", $"{context.BaseUri}{resourceId}?api-version={apiVersion}"),
        ("x-ms-async-operation-timeout", "PT30M"),
    ];

    /// <summary>Headers of a PATCH, DELETE or action.</summary>
    public static IReadOnlyList<(string Name, string Value)> ForAccepted(EmulatorContext context, string operation, string apiVersion) =>
    [
        ("Azure-AsyncOperation", Status(context, operation, apiVersion)),
        ("Location", Result(context, operation, apiVersion)),
        ("Retry-After", 1.ToString(CultureInfo.InvariantCulture)),
        ("x-ms-async-operation-timeout", "PT30M"),
    ];
}
