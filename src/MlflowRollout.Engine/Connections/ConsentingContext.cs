using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>The caller's context for steps whose leave was given with the whole.</summary>
internal sealed class ConsentingContext(IMlOperationContext inner) : IMlOperationContext
{
    /// <inheritdoc/>
    public bool IsWhatIf => false;

    /// <inheritdoc/>
    public void Verbose(string message) => inner.Verbose(message);

    /// <inheritdoc/>
    public void Debug(string message) => inner.Debug(message);

    /// <inheritdoc/>
    public void Warning(string message) => inner.Warning(message);

    /// <inheritdoc/>
    public void Information(string message) => inner.Information(message);

    /// <inheritdoc/>
    public void Progress(MlProgress progress) => inner.Progress(progress);

    /// <inheritdoc/>
    public ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null) => new(true);
}
