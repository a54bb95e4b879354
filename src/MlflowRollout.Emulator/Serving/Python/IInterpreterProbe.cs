namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Asks interpreters what they import.</summary>
internal interface IInterpreterProbe
{
    /// <summary>Runs an interpreter; one that cannot be run is a report too, not an exception.</summary>
    Task<InterpreterReport> AskAsync(string interpreter, IReadOnlyList<string> modules, CancellationToken cancellationToken);
}
