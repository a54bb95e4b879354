namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>How an asset stands after a change.</summary>
/// <param name="Word">Provisioning state.</param>
/// <param name="Operation">The operation that carries the change out; null where it is done at once.</param>
internal sealed record AssetState(string Word, string? Operation, DateTimeOffset Now)
{
    public static AssetState Done(DateTimeOffset now) => new(ProvisioningStates.Succeeded, null, now);
}
