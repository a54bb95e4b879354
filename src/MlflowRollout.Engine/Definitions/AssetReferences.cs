using System.Text.RegularExpressions;
using MlflowRollout.Engine.Code;
using MlflowRollout.Engine.Endpoints;
using MlflowRollout.Engine.Environments;
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
            if (text.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase) && !ModelUriRule().IsMatch(text))
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

    /// <summary>Checks the reference of an environment.</summary>
    public static string Environment(DefinitionScope scope, YamlItem at) =>
        Checked(scope, at, text => EnvironmentReference.Parse(text), "'environment' is wrong: ");

    /// <summary>Checks the reference of code.</summary>
    public static string Code(DefinitionScope scope, YamlItem at) => Checked(scope, at, text => CodeReference.Parse(text), "'code' is wrong: ");

    /// <summary>Checks the reference of a data asset.</summary>
    /// <param name="scope">The reading.</param>
    /// <param name="at">The value.</param>
    /// <param name="key">Its key.</param>
    public static string Data(DefinitionScope scope, YamlItem at, string key)
    {
        string text = at.Text!.Trim();
        if (!DataRule().IsMatch(text))
        {
            scope.Findings.Add(at, $"'{key}' is '{text}', which is no data asset: write azureml:<name>:<version>, azureml:<name>@latest, a resource id, or azureml://registries/<registry>/data/<name>/versions/<version>");
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
    public static void CheckName(DefinitionScope scope, YamlItem? at, string kind) => Check(scope, at, name => ResourceNames.Check(kind, name));

    /// <summary>Adds the rule that a name of a model breaks.</summary>
    public static void CheckModelName(DefinitionScope scope, YamlItem? at) => Check(scope, at, ResourceNames.CheckModel);

    /// <summary>Adds the rule that a version breaks.</summary>
    public static void CheckVersion(DefinitionScope scope, YamlItem? at) => Check(scope, at, ResourceNames.CheckVersion);

    private static void Check(DefinitionScope scope, YamlItem? at, Action<string> rule)
    {
        if (at?.Text is not { } name)
        {
            return;
        }

        if (PlaceholderRule().IsMatch(name))
        {
            scope.Findings.Add(at, $"'{name}' is a placeholder; write the name, or give it as a parameter");
            return;
        }

        Checked(scope, at, rule, string.Empty);
    }

    // The rules of the engine, with the place in the file.
    private static string Checked(DefinitionScope scope, YamlItem at, Action<string> rule, string before)
    {
        string text = at.Text!.Trim();
        try
        {
            rule(text);
        }
        catch (MlValidationException exception)
        {
            scope.Findings.Add(at, before + exception.Message.Replace(" Nothing was changed.", string.Empty, StringComparison.Ordinal).TrimEnd('.'));
        }

        return text;
    }

    private const string Tail = @"/[^/]+/(?:versions|labels)/[^/]+\z";
    private const string Uri = @"\Aazureml://(?:registries/[^/]+|locations/[^/]+/workspaces/[^/]+|subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/[^/]+)/";

    [GeneratedRegex(Uri + "models" + Tail + @"|\Aazureml://(?:subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/[^/]+/)?datastores/[^/]+/paths/.+\z|\Aazureml://jobs/[^/]+/outputs/[^/]+(?:/paths/.*)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex ModelUriRule();

    [GeneratedRegex(Uri + "data" + Tail + @"|\A(?:azureml:)?/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/data/[^/]+/versions/[^/]+\z|\A(?:azureml:)?[^:@/\\\s]+(?:@latest|:[^:@/\\\s]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex DataRule();

    [GeneratedRegex(@"\A(?:\{\{.*\}\}|<.*>|\$\{.*\}|%.*%)\z")]
    private static partial Regex PlaceholderRule();

    [GeneratedRegex(@"\A(?:azureml://(?:datastores|jobs|subscriptions|registries|locations)/.+|runs:/[^/]+/.+|https://[^/]+/.+|wasbs?://[^/]+/.*|abfss://[^/]+/.*)\z", RegexOptions.IgnoreCase)]
    private static partial Regex RemoteRule();

    [GeneratedRegex(@"\A/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex IdentityRule();

    [GeneratedRegex(@"\A(?:(?:azureml:)?[A-Za-z0-9][A-Za-z0-9_-]*|(?:azureml:)?/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/computes/[^/]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex ComputeRule();
}
