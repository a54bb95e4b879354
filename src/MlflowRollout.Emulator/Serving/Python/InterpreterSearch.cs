using System.Collections.Concurrent;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Finds an interpreter for a model. What an interpreter answered is kept for the life of the emulator.</summary>
internal sealed class InterpreterSearch(IReadOnlyList<string> candidates, IInterpreterProbe probe)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<InterpreterReport>>> _reports = new(StringComparer.Ordinal);

    /// <exception cref="DeploymentStartException">None imports what the model needs; the message is the account.</exception>
    public async Task<InterpreterReport> FindAsync(ModelRequirements requirements, string? modelId, ContainerLog log, CancellationToken cancellationToken)
    {
        var tried = new List<string>();
        InterpreterReport? nearest = null;
        foreach (var candidate in candidates)
        {
            var report = await AskAsync(candidate, requirements.Modules, cancellationToken).ConfigureAwait(false);
            tried.Add(report.Describe(candidate));
            if (report.Fits)
            {
                foreach (var line in tried)
                {
                    log.Write('I', $"Interpreter {line}");
                }

                return report;
            }

            if (report.Failure is null && (nearest is null || report.Missing.Count < nearest.Missing.Count))
            {
                nearest = report;
            }
        }

        var account = tried.Count == 0 ? "There is no python3 or python on the PATH." : $"Tried: {string.Join("; ", tried)}.";
        throw new DeploymentStartException(
            StartFailure.NotReady,
            StartFailure.Crashed(
                $"no Python interpreter here imports what the model {modelId} needs ({string.Join(", ", requirements.Modules)}). {(requirements.Reason is { } reason ? reason + " " : string.Empty)}{account} "
                + $"{requirements.Advice(nearest?.Executable ?? "python3")}. Or start the emulator with the interpreter that has them: --python, or Start-MlEmulator -Python."));
    }

    private async Task<InterpreterReport> AskAsync(string candidate, IReadOnlyList<string> modules, CancellationToken cancellationToken)
    {
        var key = $"{candidate}|{string.Join(',', modules)}";

        // Asked once, whoever gives up waiting for it. What does not fit is forgotten: it may be installed meanwhile.
        var asked = _reports.GetOrAdd(key, _ => new Lazy<Task<InterpreterReport>>(() => probe.AskAsync(candidate, modules, CancellationToken.None)));
        InterpreterReport report;
        try
        {
            report = await asked.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _reports.TryRemove(new(key, asked));
            throw;
        }

        if (!report.Fits)
        {
            _reports.TryRemove(new(key, asked));
        }

        return report;
    }
}
