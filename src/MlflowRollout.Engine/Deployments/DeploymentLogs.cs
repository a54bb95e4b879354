using System.Runtime.CompilerServices;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Deployments;

/// <summary>Container logs of deployments.</summary>
internal sealed class DeploymentLogs(WorkspaceConnection connection)
{
    private const int DefaultTail = 5000;
    private const int FailureTail = 25;
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(2);

    /// <summary>The last lines.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, CancellationToken cancellationToken)
    {
        if (tail is < 1)
        {
            throw new MlValidationException(MlErrorIds.ParameterInvalid, "-Tail is the number of lines, 1 or more.") { Target = name };
        }

        try
        {
            string content = await Resource(endpointName, name).GetLogsAsync(container, tail ?? DefaultTail, cancellationToken).ConfigureAwait(false);
            return Split(content, tail ?? DefaultTail);
        }
        catch (MlServiceException exception) when (exception.StatusCode == 404)
        {
            // Says which of endpoint and deployment is absent, with the near match.
            await connection.DeploymentCalls.ReadAsync(endpointName, name, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The last lines, then new ones as they come, until canceled or the deployment is gone.</summary>
    public async IAsyncEnumerable<string> FollowAsync(
        string endpointName, string name, MlDeploymentContainer container, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<string> shown = await ReadAsync(endpointName, name, container, tail, cancellationToken).ConfigureAwait(false);
        foreach (string line in shown)
        {
            yield return line;
        }

        IReadOnlyList<string> last = tail is null ? shown : await ReadAsync(endpointName, name, container, null, cancellationToken).ConfigureAwait(false);
        foreach (string line in tail is null ? [] : NewLines(shown, last))
        {
            yield return line;
        }

        while (true)
        {
            await Task.Delay(FollowInterval, connection.TimeProvider, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> now;
            try
            {
                now = await ReadAsync(endpointName, name, container, null, cancellationToken).ConfigureAwait(false);
            }
            catch (MlNotFoundException)
            {
                yield break;
            }

            foreach (string line in NewLines(last, now))
            {
                yield return line;
            }

            last = now;
        }
    }

    /// <summary>The last lines of both containers, for an error; empty where they cannot be read.</summary>
    public async Task<IReadOnlyList<string>> ReadForFailureAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach ((MlDeploymentContainer container, string label) in new[]
        {
            (MlDeploymentContainer.StorageInitializer, "storage-initializer"), (MlDeploymentContainer.InferenceServer, "inference-server"),
        })
        {
            try
            {
                string content = await Resource(endpointName, name).GetLogsAsync(container, FailureTail, cancellationToken).ConfigureAwait(false);
                lines.AddRange(Split(content, FailureTail).Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => $"[{label}] {line}"));
            }
            catch (MlException)
            {
                // The failure itself is what is reported; a log that is not there must not hide it.
            }
        }

        return lines;
    }

    /// <summary>The last line of the inference server's log, for progress.</summary>
    public async Task<string?> ReadLastLineAsync(string endpointName, string name, CancellationToken cancellationToken)
    {
        string content = await Resource(endpointName, name).GetLogsAsync(MlDeploymentContainer.InferenceServer, 1, cancellationToken).ConfigureAwait(false);
        return Split(content, 1) is [.., var last] && !string.IsNullOrWhiteSpace(last) ? last.Trim() : null;
    }

    /// <summary>What is new in the later of two tails of one log: what follows their longest overlap.</summary>
    internal static IEnumerable<string> NewLines(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        for (int start = Math.Max(0, before.Count - now.Count); start < before.Count; start++)
        {
            int overlap = before.Count - start;
            bool same = true;
            for (int index = 0; index < overlap && same; index++)
            {
                same = string.Equals(before[start + index], now[index], StringComparison.Ordinal);
            }

            if (same)
            {
                return now.Skip(overlap);
            }
        }

        return now;
    }

    private static string[] Split(string content, int tail)
    {
        string[] lines = content.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return lines is [""] ? [] : lines.Length > tail ? lines[^tail..] : lines;
    }

    private MachineLearningOnlineDeploymentResource Resource(string endpointName, string name) =>
        connection.WorkspaceResource.GetMachineLearningOnlineEndpoint(endpointName).GetMachineLearningOnlineDeployment(name);
}
