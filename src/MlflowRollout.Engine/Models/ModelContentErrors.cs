namespace MlflowRollout.Engine.Models;

/// <summary>Content that is not what it should be.</summary>
internal static class ModelContentErrors
{
    /// <summary>The content in storage is not that which the version was registered with, or was damaged on the way.</summary>
    public static MlServiceException Mismatch(MlModel model, string why, string effect) => new(
        MlErrorIds.ModelContentMismatch, MlErrorCategory.InvalidData, $"The files of model {model.Reference} in workspace {model.WorkspaceName} are not those that were registered: {why}. {effect}")
    {
        Target = model,
        RecommendedAction = "Try again. When it stays so, somebody changed the files in storage: register the model again from its folder.",
    };
}
