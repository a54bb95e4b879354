using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Models;

/// <summary>How a reference names a model.</summary>
internal enum ModelReferenceKind
{
    /// <summary>By name; the newest version.</summary>
    Latest,

    /// <summary>By name and version.</summary>
    Version,

    /// <summary>By full resource id.</summary>
    ResourceId,

    /// <summary>The newest version in a registry.</summary>
    RegistryLatest,

    /// <summary>By a uri that the service itself resolves (registry, datastore, job output).</summary>
    PassThrough,
}

/// <summary>A model reference, parsed; the forms of the Azure CLI and of MLflow.</summary>
/// <param name="Kind">How.</param>
/// <param name="Text">The reference as the service takes it: id or uri; else the text as given.</param>
/// <param name="Name">Name; empty for <see cref="ModelReferenceKind.PassThrough"/>.</param>
/// <param name="Version">Version; null for the newest.</param>
/// <param name="Registry">Registry of <see cref="ModelReferenceKind.RegistryLatest"/>; else null.</param>
internal sealed partial record ModelReference(ModelReferenceKind Kind, string Text, string Name, string? Version, string? Registry = null)
{
    private const string Forms = "name, name:version, azureml:name:version, azureml:name@latest, models:/name/version, a resource id, or an azureml:// uri";

    /// <summary>Reads a reference.</summary>
    /// <exception cref="MlValidationException">It has none of the known forms.</exception>
    public static ModelReference Parse(string reference)
    {
        string text = reference.Trim();
        if (text.Length == 0)
        {
            throw Invalid(reference, "it is empty");
        }

        if (text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase))
        {
            return RegistryLabelRule().Match(text) is { Success: true } newest
                ? new ModelReference(ModelReferenceKind.RegistryLatest, text, newest.Groups["name"].Value, null, newest.Groups["registry"].Value)
                : new ModelReference(ModelReferenceKind.PassThrough, text, string.Empty, null);
        }

        if (text.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(reference, "files of a run are no registered model; register them first with Register-MlModel");
        }

        if (text.StartsWith("models:/", StringComparison.OrdinalIgnoreCase))
        {
            return ParseMlflow(reference, text["models:/".Length..]);
        }

        string plain = text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) ? text["azureml:".Length..] : text;
        if (plain.StartsWith('/'))
        {
            return IdRule().Match(plain) is { Success: true } id
                ? new ModelReference(ModelReferenceKind.ResourceId, plain, id.Groups["name"].Value, Uri.UnescapeDataString(id.Groups["version"].Value))
                : throw Invalid(reference, "it is no resource id of a model version");
        }

        if (LabelRule().Match(plain) is { Success: true } label)
        {
            return label.Groups["label"].Value.Equals("latest", StringComparison.OrdinalIgnoreCase)
                ? new ModelReference(ModelReferenceKind.Latest, text, label.Groups["name"].Value, null)
                : throw Invalid(reference, $"the label '{label.Groups["label"].Value}' is not known; there is @latest");
        }

        if (VersionRule().Match(plain) is { Success: true } version)
        {
            return new ModelReference(ModelReferenceKind.Version, text, version.Groups["name"].Value, version.Groups["version"].Value);
        }

        return NameRule().IsMatch(plain)
            ? new ModelReference(ModelReferenceKind.Latest, text, plain, null)
            : throw Invalid(reference, "it has none of the known forms");
    }

    /// <summary>Name and version in an id or uri; null when it names none.</summary>
    public static (string Name, string Version)? FindNameAndVersion(string? reference) =>
        reference is not null && IdTail().Match(reference) is { Success: true } tail
            ? (tail.Groups["name"].Value, Uri.UnescapeDataString(tail.Groups["version"].Value))
            : null;

    private static ModelReference ParseMlflow(string reference, string rest)
    {
        string text = rest.TrimStart('/');
        if (LabelRule().Match(text) is { Success: true } label)
        {
            return label.Groups["label"].Value.Equals("latest", StringComparison.OrdinalIgnoreCase)
                ? new ModelReference(ModelReferenceKind.Latest, reference, label.Groups["name"].Value, null)
                : throw Invalid(reference, $"the alias '{label.Groups["label"].Value}' belongs to MLflow's own registry; name a version");
        }

        string[] parts = text.Split('/');
        return parts is [{ Length: > 0 } name, { Length: > 0 } version] && NameRule().IsMatch(name)
            ? version.Equals("latest", StringComparison.OrdinalIgnoreCase)
                ? new ModelReference(ModelReferenceKind.Latest, reference, name, null)
                : new ModelReference(ModelReferenceKind.Version, reference, name, version)
            : throw Invalid(reference, "an MLflow reference is models:/name/version");
    }

    private static MlValidationException Invalid(string reference, string rule) => new(
        MlErrorIds.ModelReferenceInvalid, $"The model reference '{reference}' cannot be read: {rule}.")
    {
        Target = reference,
        RecommendedAction = $"Use one of: {Forms}.",
    };

    [GeneratedRegex(@"\A/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/models/(?<name>[^/]+)/versions/(?<version>[^/]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdRule();

    [GeneratedRegex(@"\Aazureml://registries/(?<registry>[^/]+)/models/(?<name>[^/]+)/labels/latest\z", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryLabelRule();

    [GeneratedRegex(@"/models/(?<name>[^/]+)/versions/(?<version>[^/]+)/?\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdTail();

    [GeneratedRegex(@"\A(?<name>[^:@/\s]+)@(?<label>[^:@/\s]+)\z")]
    private static partial Regex LabelRule();

    [GeneratedRegex(@"\A(?<name>[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}):(?<version>[^:/\s]+)\z")]
    private static partial Regex VersionRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}\z")]
    private static partial Regex NameRule();
}
