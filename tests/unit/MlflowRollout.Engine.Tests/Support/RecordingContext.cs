using System.Collections.Concurrent;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Tests.Support;

/// <summary>A caller that records what it is told and asked.</summary>
internal sealed class RecordingContext : IMlOperationContext
{
    /// <summary>What to answer to questions.</summary>
    public bool Answer { get; init; } = true;

    /// <summary>Done when a question is asked, before it is answered.</summary>
    public Func<Task>? OnAsked { get; set; }

    public ConcurrentQueue<string> Questions { get; } = new();

    public ConcurrentQueue<string> Informations { get; } = new();

    public ConcurrentQueue<MlProgress> Progresses { get; } = new();

    public ConcurrentQueue<string> Others { get; } = new();

    public bool IsWhatIf => !Answer;

    public void Verbose(string message) => Others.Enqueue(message);

    public void Debug(string message) => Others.Enqueue(message);

    public void Warning(string message) => Others.Enqueue(message);

    public void Information(string message) => Informations.Enqueue(message);

    public void Progress(MlProgress progress) => Progresses.Enqueue(progress);

    public async ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null)
    {
        Questions.Enqueue($"{target} | {action}");
        if (OnAsked is not null)
        {
            await OnAsked();
        }

        return Answer;
    }
}
