namespace MlflowRollout.Emulator.Serving;

/// <summary>The service's codes and wordings for a deployment that does not start.</summary>
internal static class StartFailure
{
    public const string NotReady = "ResourceNotReady";
    public const string BadArgument = "BadArgument";

    public static string Crashed(string cause)
        => $"User container has crashed or terminated: {cause} Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-resourcenotready";
}
