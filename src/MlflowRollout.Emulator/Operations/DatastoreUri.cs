using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Operations;

/// <summary>The place in the workspace's blob container that a model's uri means.</summary>
internal static partial class DatastoreUri
{
    public const string DefaultDatastore = "workspaceblobstore";

    /// <summary>Finds the blob prefix of a uri, or says why it has none here.</summary>
    public static bool TryGetPrefix(string uri, WorkspaceIdentity identity, [NotNullWhen(true)] out string? prefix, [NotNullWhen(false)] out string? problem)
    {
        prefix = null;
        problem = null;
        Match match = Long().Match(uri);
        if (match.Success)
        {
            if (!Same(match, "s", identity.SubscriptionId) || !Same(match, "g", identity.ResourceGroup) || !Same(match, "w", identity.Workspace))
            {
                problem = $"The model uri '{uri}' names another workspace than this emulator's.";
                return false;
            }
        }
        else
        {
            match = Short().Match(uri);
        }

        if (match.Success)
        {
            if (!Same(match, "d", DefaultDatastore))
            {
                problem = $"The datastore '{match.Groups["d"].Value}' of the model uri '{uri}' is not supported by the emulator, which has '{DefaultDatastore}'.";
                return false;
            }

            prefix = Uri.UnescapeDataString(match.Groups["p"].Value).Trim('/');
        }
        else
        {
            match = Blob().Match(uri);
            if (match.Success && Same(match, "a", identity.StorageAccount) && Same(match, "c", identity.Container))
            {
                prefix = Uri.UnescapeDataString(match.Groups["p"].Value).Trim('/');
            }
        }

        if (string.IsNullOrEmpty(prefix))
        {
            prefix = null;
            problem = $"The model uri '{uri}' is not supported by the emulator. Register the model from files in the datastore '{DefaultDatastore}'.";
            return false;
        }

        return true;
    }

    private static bool Same(Match match, string group, string expected) => match.Groups[group].Value.Equals(expected, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\Aazureml://subscriptions/(?<s>[^/]+)/resourcegroups/(?<g>[^/]+)/(providers/Microsoft\.MachineLearningServices/)?workspaces/(?<w>[^/]+)/datastores/(?<d>[^/]+)/paths/(?<p>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Long();

    [GeneratedRegex(@"\Aazureml://datastores/(?<d>[^/]+)/paths/(?<p>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Short();

    [GeneratedRegex(@"\Ahttps://(?<a>[a-z0-9]+)\.blob\.core\.windows\.net/(?<c>[^/]+)/(?<p>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Blob();
}
