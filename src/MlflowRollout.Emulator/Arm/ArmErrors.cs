using System.Globalization;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Arm;

/// <summary>The refusals of the service, by name.</summary>
internal static class ArmErrors
{
    public static ArmException Unauthenticated(string message) => new(401, "InvalidAuthenticationToken", message);

    public static ArmException InvalidContent(string message, string? target = null) => new(400, "InvalidRequestContent", message, target);

    public static ArmException NotFound(string what) => new(
        404,
        "ResourceNotFound",
        $"The Resource '{what}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");

    public static ArmException DeploymentNotFound(string deployment, string endpoint, string workspace) => new(
        404,
        "UserError",
        $"Deployment {deployment} not found in endpoint {endpoint}, workspace {workspace}",
        additionalInfo:
        [
            ArmException.Info("ComponentName", "managementfrontend"),
            ArmException.Info(
                "MessageParameters",
                new JsonObject { ["deploymentName"] = deployment, ["endpointName"] = endpoint, ["workspaceName"] = workspace }),
        ]);

    public static ArmException RegistryNotFound(string registry, string known) => new(
        404,
        "ResourceNotFound",
        $"The Resource 'Microsoft.MachineLearningServices/registries/{registry}' was not found. This emulator has the registry '{known}'.");

    public static ArmException Conflict(string message, string? target = null) => new(409, "Conflict", message, target);

    public static ArmException UserError(string message, string? target = null) => new(400, "UserError", message, target);

    /// <summary>A feature that the service has and the emulator has not.</summary>
    public static ArmException NotSupported(string what, string? wayOut = null) => new(
        501,
        "EmulatorNotSupported",
        $"{what} is not supported by the emulator." + (wayOut is null ? " Use a workspace of the cloud for it." : $" {wayOut}"));

    /// <summary>
    /// A validation error as it comes from below the service's front end: a problem document inside the message of a detail.
    /// </summary>
    public static ArmException Validation(string detailCode, params IEnumerable<(string Field, string Reason)> errors)
    {
        JsonObject fields = [];
        foreach ((string field, string reason) in errors)
        {
            if (fields[field] is JsonArray reasons)
            {
                reasons.Add(reason);
            }
            else
            {
                fields[field] = new JsonArray(reason);
            }
        }

        JsonObject problem = new()
        {
            ["errors"] = fields,
            ["type"] = "https://tools.ietf.org/html/rfc7231#section-6.5.1",
            ["title"] = "One or more validation errors occurred.",
            ["status"] = 400,
            ["traceId"] = $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..16]}-00",
        };
        return new ArmException(
            400,
            "BadRequest",
            "The request is invalid.",
            details:
            [
                new JsonObject
                {
                    ["code"] = detailCode,
                    ["message"] = $"InferencingClient HttpRequest error, error detail: {problem.ToJsonString(ArmJson.Compact)}",
                    ["details"] = new JsonArray(),
                    ["additionalInfo"] = new JsonArray(),
                },
            ]);
    }
}
