using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Environments;

/// <summary>How a reference names an environment.</summary>
internal enum EnvironmentReferenceKind
{
    /// <summary>By name; the newest version.</summary>
    Latest,

    /// <summary>By name and version.</summary>
    Version,

    /// <summary>By full resource id.</summary>
    ResourceId,

    /// <summary>The newest version in a registry.</summary>
    RegistryLatest,

    /// <summary>By what the service itself resolves: a curated environment, or an asset's uri.</summary>
    PassThrough,
}

/// <summary>A reference to an environment, parsed; the forms of the Azure CLI.</summary>
/// <param name="Kind">How.</param>
/// <param name="Text">The reference as the service takes it: id or uri; else the text as given.</param>
/// <param name="Name">Name; empty for <see cref="EnvironmentReferenceKind.PassThrough"/>.</param>
/// <param name="Version">Version; null for the newest.</param>
/// <param name="Registry">Registry; null for the workspace.</param>
internal sealed partial record EnvironmentReference(EnvironmentReferenceKind Kind, string Text, string Name, string? Version, string? Registry = null)
{
    private const string CuratedPrefix = "AzureML-";
    private const string Scheme = "azureml:";
    private const string Forms = "azureml:name:version, azureml:name@latest, AzureML-name:version, a resource id, or azureml://registries/registry/environments/name/versions/version";

    /// <summary>Reads a reference.</summary>
    /// <exception cref="MlValidationException">It has none of the known forms.</exception>
    public static EnvironmentReference Parse(string reference)
    {
        string text = reference.Trim();
        if (text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase))
        {
            return RegistryLabelRule().Match(text) is { Success: true } newest
                ? new EnvironmentReference(EnvironmentReferenceKind.RegistryLatest, text, newest.Groups["name"].Value, null, newest.Groups["registry"].Value)
                : AssetRule().IsMatch(text)
                    ? new EnvironmentReference(EnvironmentReferenceKind.PassThrough, text, string.Empty, null)
                    : throw Invalid(reference, "it is no uri of an environment");
        }

        string plain = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;
        if (plain.StartsWith('/'))
        {
            return IdRule().Match(plain) is { Success: true } id
                ? new EnvironmentReference(EnvironmentReferenceKind.ResourceId, plain, id.Groups["name"].Value, Uri.UnescapeDataString(id.Groups["version"].Value))
                : throw Invalid(reference, "it is no resource id of an environment's version");
        }

        if (plain.StartsWith(CuratedPrefix, StringComparison.Ordinal))
        {
            // The service expands the short form of a curated environment.
            return new EnvironmentReference(EnvironmentReferenceKind.PassThrough, Scheme + plain, string.Empty, null);
        }

        if (LabelRule().Match(plain) is { Success: true } label)
        {
            return label.Groups["label"].Value.Equals("latest", StringComparison.OrdinalIgnoreCase)
                ? new EnvironmentReference(EnvironmentReferenceKind.Latest, text, label.Groups["name"].Value, null)
                : throw Invalid(reference, $"the label '{label.Groups["label"].Value}' is not known; there is @latest");
        }

        return VersionRule().Match(plain) is { Success: true } version
            ? new EnvironmentReference(EnvironmentReferenceKind.Version, text, version.Groups["name"].Value, version.Groups["version"].Value)
            : throw Invalid(reference, NameRule().IsMatch(plain) ? $"it names no version; for the newest say azureml:{plain}@latest" : "it has none of the known forms");
    }

    private static MlValidationException Invalid(string reference, string rule) => new(
        MlErrorIds.EnvironmentReferenceInvalid, $"The environment reference '{reference}' cannot be read: {rule}. Nothing was changed.")
    {
        Target = reference,
        RecommendedAction = $"Use one of: {Forms}.",
    };

    [GeneratedRegex(@"\A/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/(?:workspaces|registries)/[^/]+/environments/(?<name>[^/]+)/versions/(?<version>[^/]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdRule();

    [GeneratedRegex(@"\Aazureml://(?:registries/[^/]+|locations/[^/]+/workspaces/[^/]+|subscriptions/[^/]+/resource[gG]roups/[^/]+/(?:providers/Microsoft\.MachineLearningServices/)?workspaces/[^/]+)/environments/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex AssetRule();

    [GeneratedRegex(@"\Aazureml://registries/(?<registry>[^/]+)/environments/(?<name>[^/]+)/labels/latest\z", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryLabelRule();

    [GeneratedRegex(@"\A(?<name>[^:@/\s]+)@(?<label>[^:@/\s]+)\z")]
    private static partial Regex LabelRule();

    [GeneratedRegex(@"\A(?<name>[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}):(?<version>[^:/\s]+)\z")]
    private static partial Regex VersionRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}\z")]
    private static partial Regex NameRule();
}
