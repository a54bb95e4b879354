namespace MlflowRollout.Services;

/// <summary>
/// What the engine may say to and ask of the person or script that called it. The cmdlet implements it on its pipeline thread;
/// every member may be called from any thread. Texts must not hold secrets.
/// </summary>
public interface IMlOperationContext
{
    /// <summary>True under <c>-WhatIf</c>: <see cref="ConfirmAsync"/> will say what would be done and answer false.</summary>
    bool IsWhatIf { get; }

    /// <summary>Detail for <c>-Verbose</c>.</summary>
    /// <param name="message">Text.</param>
    void Verbose(string message);

    /// <summary>Detail for <c>-Debug</c>.</summary>
    /// <param name="message">Text.</param>
    void Debug(string message);

    /// <summary>Something the user should know.</summary>
    /// <param name="message">Text.</param>
    void Warning(string message);

    /// <summary>State changes and heartbeats of waits, on the information stream.</summary>
    /// <param name="message">Text.</param>
    void Information(string message);

    /// <summary>Progress of a wait or upload.</summary>
    /// <param name="progress">Where it stands.</param>
    void Progress(MlProgress progress);

    /// <summary>
    /// Asks leave for a change. Called once for each thing changed, after all reads and checks and before the first write.
    /// </summary>
    /// <param name="target">What is changed; names endpoint, deployment and workspace.</param>
    /// <param name="action">What is done to it, such as <c>Create</c> or <c>Set traffic blue=90 green=10</c>.</param>
    /// <param name="question">Asked in addition when the change is dangerous; null when it is not.</param>
    /// <returns>False under <c>-WhatIf</c> or when the answer was no; the engine then changes nothing and returns null.</returns>
    ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null);
}
