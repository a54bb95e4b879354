namespace MlflowRollout.Emulator.Arm;

/// <summary>The service's words for how a resource stands.</summary>
internal static class ProvisioningStates
{
    public const string Creating = "Creating";
    public const string Updating = "Updating";
    public const string Scaling = "Scaling";
    public const string Deleting = "Deleting";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
    public const string Canceled = "Canceled";

    public static bool IsFinal(string state) => state is Succeeded or Failed or Canceled;
}
