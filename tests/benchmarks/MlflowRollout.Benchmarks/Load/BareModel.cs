using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace MlflowRollout.Benchmarks.Load;

/// <summary>One session, tuned as the emulator's, and the memory of runs, reused.</summary>
internal sealed class BareModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ConcurrentBag<BareRun> _idle = [];

    public BareModel(string file)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(file, options);
    }

    public BareRun Rent() => _idle.TryTake(out BareRun? run) ? run : new BareRun(_session);

    public void Return(BareRun run) => _idle.Add(run);

    public void Dispose()
    {
        foreach (BareRun run in _idle)
        {
            run.Dispose();
        }

        _session.Dispose();
    }
}
