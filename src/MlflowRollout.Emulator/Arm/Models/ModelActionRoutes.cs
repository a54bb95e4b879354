namespace MlflowRollout.Emulator.Arm.Models;

/// <summary>What can be done with a model version beside reading and writing it.</summary>
internal static class ModelActionRoutes
{
    public static IEnumerable<ArmRoute> All =>
    [
        new("POST", ArmPaths.Workspace + "/models/{asset}/versions/{version}/publish", _ => throw ArmErrors.NotSupported("Publishing a model to a registry")),
    ];
}
