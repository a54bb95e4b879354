using System.Text.RegularExpressions;

namespace MlflowRollout.Emulator.Arm;

/// <summary>What names of resources may be.</summary>
internal static partial class ResourceNames
{
    private const int Shortest = 3;
    private const int LongestManaged = 32;
    private const int LongestOnKubernetes = 62;

    /// <summary>Names of endpoints and deployments compare without regard to case.</summary>
    public static string Key(string name) => name.ToLowerInvariant();

    public static string? ProblemOfEndpointOrDeployment(string what, string name) => Problem(what, name, LongestManaged);

    /// <summary>On Kubernetes the names of an endpoint and its deployment may be 62 characters long together, so either leaves the other three.</summary>
    public static string? ProblemOfKubernetesEndpoint(string name) => Problem("endpoint", name, LongestOnKubernetes - Shortest);

    public static string? ProblemOfKubernetesDeployment(string endpoint, string name)
    {
        int together = endpoint.Length + name.Length;
        return together > LongestOnKubernetes
            ? $"The names of endpoint '{endpoint}' and deployment '{name}' must be 6 to {LongestOnKubernetes} characters long together; they have {together}."
            : Problem("deployment", name, LongestOnKubernetes);
    }

    private static string? Problem(string what, string name, int longest)
    {
        if (name.Length < Shortest || name.Length > longest)
        {
            return $"The {what} name '{name}' must be {Shortest} to {longest} characters long; it has {name.Length}.";
        }

        return EndpointForm().IsMatch(name)
            ? null
            : $"The {what} name '{name}' must start with a letter, have only letters, digits and hyphens, and end with a letter or digit.";
    }

    /// <param name="noun">What the name is of, such as <c>model</c>.</param>
    public static void CheckAsset(string noun, string name)
    {
        if (!AssetForm().IsMatch(name))
        {
            throw ArmErrors.InvalidContent($"The {noun} name '{name}' must start with a letter or digit and have 1 to 255 letters, digits, hyphens and underscores.", "name");
        }
    }

    public static void CheckVersion(string version)
    {
        if (version.Length is 0 or > 255 || version.Any(char.IsControl) || version.Contains('/', StringComparison.Ordinal))
        {
            throw ArmErrors.InvalidContent($"The version '{version}' must be 1 to 255 characters without slashes and control characters.", "version");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex EndpointForm();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AssetForm();
}
