using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Operations;

/// <summary>A version of an asset that this emulator could have, as deployments name it.</summary>
internal sealed partial record AssetReference(AssetCollection Collection, string Name, string Version)
{
    /// <summary>Reads the forms of an id: of ARM, with the prefix that clients put before it, of the workspace by its guid, and of the registry by its name.</summary>
    public static bool TryParse(string? text, WorkspaceIdentity identity, [NotNullWhen(true)] out AssetReference? reference)
    {
        reference = null;
        Match match = ArmId().Match(text ?? string.Empty);
        bool here = match.Success && Same(match, "s", identity.SubscriptionId) && Same(match, "g", identity.ResourceGroup) && Same(match, "w", identity.Workspace);
        if (!match.Success)
        {
            match = LocationId().Match(text ?? string.Empty);
            here = match.Success && Same(match, "w", identity.WorkspaceId.ToString("D"));
        }

        IReadOnlyList<AssetCollection> collections = AssetCollection.OfWorkspace;
        if (!match.Success)
        {
            match = RegistryId().Match(text ?? string.Empty);
            here = match.Success && Same(match, "r", identity.Registry);
            collections = AssetCollection.OfRegistry;
        }

        AssetCollection? collection = here ? collections.FirstOrDefault(known => Same(match, "k", known.Kind.Segment)) : null;
        if (collection is not null)
        {
            reference = new AssetReference(collection, match.Groups["n"].Value, match.Groups["v"].Value);
        }

        return reference is not null;
    }

    /// <summary>The registry that an id names, whether or not it is here.</summary>
    public static string? RegistryOf(string text) => RegistryId().Match(text) is { Success: true } match ? match.Groups["r"].Value : null;

    private static bool Same(Match match, string group, string expected) => match.Groups[group].Value.Equals(expected, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"\A(azureml:/?)?/subscriptions/(?<s>[^/]+)/resourceGroups/(?<g>[^/]+)/providers/Microsoft\.MachineLearningServices/workspaces/(?<w>[^/]+)/(?<k>[^/]+)/(?<n>[^/]+)/versions/(?<v>[^/]+)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ArmId();

    [GeneratedRegex(
        @"\Aazureml://locations/[^/]+/workspaces/(?<w>[^/]+)/(?<k>[^/]+)/(?<n>[^/]+)/versions/(?<v>[^/]+)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LocationId();

    [GeneratedRegex(
        @"\A(azureml:/|(azureml:/?)?/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices)/registries/(?<r>[^/]+)/(?<k>[^/]+)/(?<n>[^/]+)/versions/(?<v>[^/]+)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RegistryId();
}
