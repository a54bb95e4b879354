using MlflowRollout.Emulator.Models;

namespace MlflowRollout.Emulator.Serving;

/// <summary>Which of a model's flavors is served.</summary>
internal static class FlavorChoice
{
    /// <param name="asked">The value of <c>EMULATOR_FLAVOR</c>; null for the first that can be served.</param>
    /// <exception cref="DeploymentStartException">The model has none that is served here.</exception>
    public static IModelServerFactory Choose(MlflowModel model, IReadOnlyList<IModelServerFactory> factories, string? asked, string? modelId)
    {
        var found = string.Join(", ", model.Flavors.Keys);
        var served = string.Join(", ", factories.Select(f => f.Flavor));
        if (asked is not null)
        {
            var factory = factories.FirstOrDefault(f => string.Equals(f.Flavor, asked, StringComparison.OrdinalIgnoreCase))
                ?? throw Refuse($"{EmulatorSettings.FlavorVariable} asks for the flavor '{asked}', which this version of the emulator does not serve. It serves: {served}.");
            return model.Flavors.ContainsKey(factory.Flavor)
                ? factory
                : throw Refuse($"{EmulatorSettings.FlavorVariable} asks for the flavor '{asked}', which the model {modelId} does not have. It has: {found}.");
        }

        return factories.FirstOrDefault(f => model.Flavors.ContainsKey(f.Flavor))
            ?? throw Refuse(
                $"The model {modelId} has no flavor that this version of the emulator serves. Flavors found: {found}; served: {served}. "
                + "Save the model with MLflow's python_function flavor, which log_model and save_model write for every library, or with an ONNX flavor, and register it again.");
    }

    private static DeploymentStartException Refuse(string message) => new(StartFailure.BadArgument, message);
}
