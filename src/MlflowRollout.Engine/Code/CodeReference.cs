using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Code;

/// <summary>A reference to registered code.</summary>
/// <param name="Text">The reference as the service takes it: id or uri; else the text as given.</param>
/// <param name="Name">Name in this workspace; null for an id or uri.</param>
/// <param name="Version">Version in this workspace; null for an id or uri.</param>
internal sealed partial record CodeReference(string Text, string? Name, string? Version)
{
    private const string Scheme = "azureml:";

    /// <summary>True where the text is a reference, and no path.</summary>
    public static bool IsReference(string text) =>
        text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a reference.</summary>
    /// <exception cref="MlValidationException">It has none of the known forms.</exception>
    public static CodeReference Parse(string reference)
    {
        string text = reference.Trim();
        if (text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase))
        {
            return UriRule().IsMatch(text) ? new CodeReference(text, null, null) : throw Invalid(reference);
        }

        string plain = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;
        return IdRule().IsMatch(plain) ? new CodeReference(plain, null, null)
            : VersionRule().Match(plain) is { Success: true } version ? new CodeReference(text, version.Groups["name"].Value, version.Groups["version"].Value)
            : throw Invalid(reference);
    }

    private static MlValidationException Invalid(string reference) => new(
        MlErrorIds.CodeInvalid, $"The code reference '{reference}' cannot be read: it has none of the known forms. Nothing was changed.")
    {
        Target = reference,
        RecommendedAction = "Give a local folder, or azureml:name:version, a resource id, or azureml://registries/registry/codes/name/versions/version.",
    };

    [GeneratedRegex(@"\A/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/(?:workspaces|registries)/[^/]+/codes/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdRule();

    [GeneratedRegex(@"\Aazureml://(?:registries/[^/]+|locations/[^/]+/workspaces/[^/]+)/codes/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex UriRule();

    [GeneratedRegex(@"\A(?<name>[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}):(?<version>[^:/\s]+)\z")]
    private static partial Regex VersionRule();
}
