namespace MlflowRollout.Emulator.Serving.Faults;

/// <summary>The failures that a start can be asked to have, each with the service's code.</summary>
internal static class StartFault
{
    public static readonly string[] Codes =
    [
        StartFailure.NotReady, StartFailure.BadArgument, "ImageBuildFailure", "OutOfQuota", "ResourceNotFound", "OperationCanceled",
        "SecretsInjectionError", "InternalServerError",
    ];

    public static string Message(string code)
        => code == StartFailure.NotReady
            ? StartFailure.Crashed("Liveness probe failed: HTTP probe failed with statuscode: 502 (fault on request).")
            : $"The deployment failed with {code} because its environment variable {EmulatorSettings.StartFailureVariable} asks for it.";
}
