namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>What all Python model servers of an emulator share.</summary>
internal sealed class PythonServing : IDisposable
{
    private readonly ProcessStarter _starter = new();

    /// <param name="interpreter">The value of <c>--python</c>.</param>
    public PythonServing(string? interpreter, TimeProvider time)
    {
        var candidates = InterpreterCandidates.List(interpreter, Environment.GetEnvironmentVariable("PATH"));
        var search = new InterpreterSearch(candidates, new InterpreterProbe(time));
        Factories = [.. PythonFlavor.All.Select(flavor => new PythonModelServerFactory(flavor, search, _starter))];
    }

    /// <summary>One for each flavor, in order of preference.</summary>
    public IReadOnlyList<IModelServerFactory> Factories { get; }

    public void Dispose() => _starter.Dispose();
}
