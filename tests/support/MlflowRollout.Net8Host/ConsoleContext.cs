using MlflowRollout.Services;

namespace MlflowRollout.Net8Host;

/// <summary>A caller that agrees to everything and says on standard error what it is told.</summary>
internal sealed class ConsoleContext : IMlOperationContext
{
    public bool IsWhatIf => false;

    public void Verbose(string message) => Console.Error.WriteLine($"VERBOSE: {message}");

    public void Debug(string message)
    {
    }

    public void Warning(string message) => Console.Error.WriteLine($"WARNING: {message}");

    public void Information(string message) => Console.Error.WriteLine($"INFORMATION: {message}");

    public void Progress(MlProgress progress)
    {
    }

    public ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null) => ValueTask.FromResult(true);
}
