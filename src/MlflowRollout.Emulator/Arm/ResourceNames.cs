using System.Text.RegularExpressions;

namespace MlflowRollout.Emulator.Arm;

/// <summary>What names of resources may be.</summary>
internal static partial class ResourceNames
{
    /// <summary>Names of endpoints and deployments compare without regard to case.</summary>
    public static string Key(string name) => name.ToLowerInvariant();

    public static string? ProblemOfEndpointOrDeployment(string what, string name)
    {
        if (name.Length is < 3 or > 32)
        {
            return $"The {what} name '{name}' must be 3 to 32 characters long; it has {name.Length}.";
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
