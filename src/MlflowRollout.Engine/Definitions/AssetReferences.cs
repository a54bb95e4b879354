using System.Text.RegularExpressions;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>References in a definition file, held against the forms that the service and the Azure CLI know.</summary>
internal static partial class AssetReferences
{
    /// <summary>Checks the reference of a model.</summary>
    public static string Model(DefinitionScope scope, YamlItem at)
    {
        string text = at.Text!.Trim();
        try
        {
            _ = ModelReference.Parse(text);
            if (text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase) && !UriRule("models").IsMatch(text))
            {
                scope.Findings.Add(at, $"'model' is '{text}', which is no uri of a model: it names a registry's model (azureml://registries/<registry>/models/<name>/versions/<version>), a datastore, or a job's output");
            }
        }
        catch (MlValidationException exception)
        {
            string hint = text.StartsWith('.') || text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal)
                ? "; for a local folder write model: { path: <folder> }"
                : string.Empty;
            scope.Findings.Add(at, $"'model' is wrong: {exception.Message.TrimEnd('.')}{hint}");
        }

        return text;
    }

    /// <summary>Checks a reference of an environment, of code or of a data asset.</summary>
    /// <param name="scope">The reading.</param>
    /// <param name="at">The value.</param>
    /// <param name="key">Its key.</param>
    /// <param name="kind"><c>environments</c>, <c>codes</c> or <c>data</c>.</param>
    public static string Asset(DefinitionScope scope, YamlItem at, string key, string kind)
    {
        string text = at.Text!.Trim();
        bool known = text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase)
            ? UriRule(kind).IsMatch(text)
            : text.StartsWith("azureml:/", StringComparison.OrdinalIgnoreCase) || text.StartsWith('/')
                ? IdRule(kind).IsMatch(text)
                : text.Contains('@', StringComparison.Ordinal)
                    ? LatestRule().IsMatch(text)
                    : VersionRule().IsMatch(text) || (kind == "environments" && CuratedRule().IsMatch(text));
        if (!known)
        {
            scope.Findings.Add(at, $"'{key}' is '{text}', which is no reference: write azureml:<name>:<version>, azureml:<name>@latest, a resource id, or azureml://registries/<registry>/{kind}/<name>/versions/<version>");
        }

        return text;
    }

    /// <summary>True for text that can only be a reference, not a local path.</summary>
    public static bool IsReference(string text) =>
        text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a uri that the service itself fetches from.</summary>
    public static bool IsRemote(string text) => RemoteRule().IsMatch(text);

    /// <summary>Checks a resource id of a user-assigned identity.</summary>
    public static bool IsIdentity(string text) => IdentityRule().IsMatch(text);

    /// <summary>True for a compute: a name, <c>azureml:name</c>, or a resource id.</summary>
    public static bool IsCompute(string text) => ComputeRule().IsMatch(text);

    /// <summary>Adds the rule that a name of an endpoint or deployment breaks.</summary>
    public static void CheckName(DefinitionScope scope, YamlItem? at, string kind)
    {
        if (at?.Text is { } name)
        {
            Check(scope, at, () => ResourceNames.Check(kind, name));
        }
    }

    /// <summary>Adds the rule that a name of a model breaks.</summary>
    public static void CheckModelName(DefinitionScope scope, YamlItem? at)
    {
        if (at?.Text is { } name)
        {
            Check(scope, at, () => ResourceNames.CheckModel(name));
        }
    }

    /// <summary>Adds the rule that a version breaks.</summary>
    public static void CheckVersion(DefinitionScope scope, YamlItem? at)
    {
        if (at?.Text is { } version)
        {
            Check(scope, at, () => ResourceNames.CheckVersion(version));
        }
    }

    private static void Check(DefinitionScope scope, YamlItem at, Action rule)
    {
        try
        {
            rule();
        }
        catch (MlValidationException exception)
        {
            scope.Findings.Add(at, exception.Message.TrimEnd('.'));
        }
    }

    private static Regex UriRule(string kind) => kind switch
    {
        "models" => ModelUriRule(),
        "environments" => EnvironmentUriRule(),
        "codes" => CodeUriRule(),
        _ => DataUriRule(),
    };

    private static Regex IdRule(string kind) => kind switch
    {
        "environments" => EnvironmentIdRule(),
        "codes" => CodeIdRule(),
        _ => DataIdRule(),
    };

    private const string Tail = @"/[^/]+/(?:versions|labels)/[^/]+\z";
    private const string Id = @"\A(?:azureml:)?/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/";
    private const string Uri = @"\Aazureml://(?:registries/[^/]+|locations/[^/]+/workspaces/[^/]+|subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/[^/]+)/";

    [GeneratedRegex(Uri + "models" + Tail + @"|\Aazureml://(?:subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/[^/]+/)?datastores/[^/]+/paths/.+\z|\Aazureml://jobs/[^/]+/outputs/[^/]+(?:/paths/.*)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex ModelUriRule();

    [GeneratedRegex(Uri + "environments" + Tail, RegexOptions.IgnoreCase)]
    private static partial Regex EnvironmentUriRule();

    [GeneratedRegex(Uri + "codes?" + Tail, RegexOptions.IgnoreCase)]
    private static partial Regex CodeUriRule();

    [GeneratedRegex(Uri + "data" + Tail, RegexOptions.IgnoreCase)]
    private static partial Regex DataUriRule();

    [GeneratedRegex(Id + @"environments/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex EnvironmentIdRule();

    [GeneratedRegex(Id + @"codes/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex CodeIdRule();

    [GeneratedRegex(Id + @"data/[^/]+/versions/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex DataIdRule();

    [GeneratedRegex(@"\A(?:azureml:)?[^:@/\\\s]+@latest\z", RegexOptions.IgnoreCase)]
    private static partial Regex LatestRule();

    [GeneratedRegex(@"\A(?:azureml:)?[^:@/\\\s]+:[^:/\\\s]+\z|\Aazureml:[^:@/\\\s]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex VersionRule();

    [GeneratedRegex(@"\A(?:azureml:)?AzureML-[^/\\\s]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex CuratedRule();

    [GeneratedRegex(@"\A(?:azureml://(?:datastores|jobs|subscriptions|registries|locations)/.+|runs:/[^/]+/.+|https://[^/]+/.+|wasbs?://[^/]+/.*|abfss://[^/]+/.*)\z", RegexOptions.IgnoreCase)]
    private static partial Regex RemoteRule();

    [GeneratedRegex(@"\A/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdentityRule();

    [GeneratedRegex(@"\A(?:(?:azureml:)?[A-Za-z0-9][A-Za-z0-9_-]*|(?:azureml:)?/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/computes/[^/]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex ComputeRule();
}
