using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Computes;

/// <summary>
/// The compute of a Kubernetes endpoint. There is no cluster here: every compute of the workspace, by any name that a compute can have, is taken for an
/// attached cluster.
/// </summary>
internal static partial class ComputeId
{
    public static string Of(WorkspaceIdentity identity, string name) => $"{identity.Id}/computes/{name}";

    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>Whether an endpoint is one of Kubernetes.</summary>
    public static bool IsKubernetes(ResourceRecord endpoint) => endpoint.Properties["compute"] is not null;

    /// <summary>The endpoints of a compute.</summary>
    public static IEnumerable<ResourceRecord> Endpoints(SqliteConnection connection, string id) =>
        ResourceTable.List(connection, ResourceKind.Endpoint)
            .Where(endpoint => string.Equals(endpoint.Properties["compute"]?.GetValue<string>(), id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a compute of this workspace, or null with what is wrong with the id.</summary>
    public static string? ReadName(string id, WorkspaceIdentity identity, out string? problem)
    {
        Match match = Id().Match(id);
        if (!match.Success)
        {
            problem = $"The compute '{id}' is not the id of a compute of a workspace.";
            return null;
        }

        if (!match.Groups["w"].Value.Equals(identity.Id, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"The compute '{id}' is not one of workspace '{identity.Workspace}'.";
            return null;
        }

        string name = match.Groups["n"].Value;
        problem = IsName(name) ? null : $"The compute name '{name}' must start with a letter and have 2 to 24 letters, digits and hyphens.";
        return problem is null ? name : null;
    }

    [GeneratedRegex(@"\A(azureml:)?(?<w>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+)/computes/(?<n>[^/]+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[a-zA-Z][a-zA-Z0-9\-]{1,23}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
