using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Operations;

/// <summary>A model version of this workspace, as deployments name it.</summary>
internal sealed partial record ModelReference(string Name, string Version)
{
    /// <summary>Reads an ARM id of a model version of this emulator's workspace.</summary>
    public static bool TryParse(string? text, WorkspaceIdentity identity, [NotNullWhen(true)] out ModelReference? reference)
    {
        reference = null;
        Match match = ArmId().Match(text ?? string.Empty);
        if (match.Success
            && match.Groups["s"].Value.Equals(identity.SubscriptionId, StringComparison.OrdinalIgnoreCase)
            && match.Groups["g"].Value.Equals(identity.ResourceGroup, StringComparison.OrdinalIgnoreCase)
            && match.Groups["w"].Value.Equals(identity.Workspace, StringComparison.OrdinalIgnoreCase))
        {
            reference = new ModelReference(match.Groups["m"].Value, match.Groups["v"].Value);
        }

        return reference is not null;
    }

    [GeneratedRegex(
        @"\A(azureml:)?/subscriptions/(?<s>[^/]+)/resourceGroups/(?<g>[^/]+)/providers/Microsoft\.MachineLearningServices/workspaces/(?<w>[^/]+)/models/(?<m>[^/]+)/versions/(?<v>[^/]+)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ArmId();
}
