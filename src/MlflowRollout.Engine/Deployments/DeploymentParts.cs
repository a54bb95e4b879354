using MlflowRollout.Engine.Code;
using MlflowRollout.Engine.Environments;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Deployments;

/// <summary>What a deployment refers to, checked and found before anything is changed.</summary>
/// <param name="ModelId">Model; null for none, or to leave it.</param>
/// <param name="Code">Code; null for none, or to leave it.</param>
/// <param name="Environment">Environment; null for none, or to leave it.</param>
internal sealed record DeploymentParts(string? ModelId, PreparedCode? Code, PreparedEnvironment? Environment)
{
    /// <summary>Model that is registered before the deployment; null for none.</summary>
    public MlModelRegistration? ModelToRegister { get; init; }

    /// <summary>True: the model is packaged first, and the deployment made of the package.</summary>
    public bool WithPackage { get; init; }

    /// <summary>What is uploaded and registered on the way, for questions; empty for nothing.</summary>
    public string Preparations
    {
        get
        {
            List<string> parts = [];
            if (Code is { Id: null })
            {
                parts.Add($"upload code {Code.Description}");
            }

            if (Environment is { Id: null })
            {
                parts.Add($"register {Environment.Description}");
            }

            if (WithPackage)
            {
                parts.Add("package the model");
            }

            return parts.Count == 0 ? string.Empty : $" ({string.Join(", ", parts)})";
        }
    }
}
