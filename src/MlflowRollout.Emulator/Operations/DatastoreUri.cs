using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Operations;

/// <summary>The place in the emulator's storage account that the uri of an asset means.</summary>
internal static partial class DatastoreUri
{
    public const string DefaultDatastore = "workspaceblobstore";

    /// <summary>Finds the files of a uri, or says why there are none here.</summary>
    public static bool TryLocate(string uri, WorkspaceIdentity identity, [NotNullWhen(true)] out BlobPlace? place, [NotNullWhen(false)] out string? problem)
    {
        place = null;
        problem = null;
        Match match = Long().Match(uri);
        if (match.Success && (!Same(match, "s", identity.SubscriptionId) || !Same(match, "g", identity.ResourceGroup) || !Same(match, "w", identity.Workspace)))
        {
            problem = $"The model uri '{uri}' names another workspace than this emulator's.";
            return false;
        }

        match = match.Success ? match : Short().Match(uri);
        if (match.Success)
        {
            if (!Same(match, "d", DefaultDatastore))
            {
                problem = $"The datastore '{match.Groups["d"].Value}' of the model uri '{uri}' is not supported by the emulator, which has '{DefaultDatastore}'.";
                return false;
            }

            place = new BlobPlace(identity.Container, PathOf(match));
        }
        else
        {
            // The storage service's own host name, or the address at which this emulator answers for it, at whatever port that was.
            match = Blob().Match(uri);
            match = match.Success ? match : Loopback().Match(uri);
            if (match.Success && Same(match, "a", identity.StorageAccount))
            {
                place = new BlobPlace(match.Groups["c"].Value, PathOf(match));
            }
        }

        // All of the workspace's container is no model; all of an upload's is.
        if (place is { Prefix.Length: 0 } && place.Container == identity.Container)
        {
            place = null;
        }

        problem = place is null ? $"The model uri '{uri}' is not supported by the emulator. Register the model from files in the datastore '{DefaultDatastore}'." : null;
        return place is not null;
    }

    /// <summary>The uri of a place, in the storage service's own form.</summary>
    public static string Write(WorkspaceIdentity identity, BlobPlace place) =>
        $"https://{identity.StorageAccount}.blob.core.windows.net/{place.Container}/{string.Join('/', place.Prefix.Split('/').Select(Uri.EscapeDataString))}";

    private static string PathOf(Match match) => Uri.UnescapeDataString(match.Groups["p"].Value).Trim('/');

    private static bool Same(Match match, string group, string expected) => match.Groups[group].Value.Equals(expected, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\Aazureml://subscriptions/(?<s>[^/]+)/resourcegroups/(?<g>[^/]+)/(providers/Microsoft\.MachineLearningServices/)?workspaces/(?<w>[^/]+)/datastores/(?<d>[^/]+)/paths/(?<p>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Long();

    [GeneratedRegex(@"\Aazureml://datastores/(?<d>[^/]+)/paths/(?<p>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Short();

    [GeneratedRegex(@"\Ahttps://(?<a>[a-z0-9]+)\.blob\.core\.windows\.net(:[0-9]+)?/(?<c>[^/?]+)(/(?<p>[^?]*))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Blob();

    [GeneratedRegex(@"\Ahttps://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?/(?<a>[a-z0-9]+)/(?<c>[^/?]+)(/(?<p>[^?]*))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Loopback();
}
