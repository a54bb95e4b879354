using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Operations;

/// <summary>What is waited for, and how it is told.</summary>
internal sealed class OperationWait
{
    /// <summary>The engine's deadline where the caller gave none.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(1);

    /// <summary>The operation.</summary>
    public required StartedOperation Operation { get; init; }

    /// <summary>What is being done, such as <c>Creating deployment heart/green</c>.</summary>
    public required string Activity { get; init; }

    /// <summary>What it is done to, such as <c>Deployment heart/green in workspace w</c>; begins a sentence.</summary>
    public required string Subject { get; init; }

    /// <summary>Caller.</summary>
    public required IMlOperationContext Context { get; init; }

    /// <summary>How to go on after a time-out, such as <c>Wait-MlDeployment</c>.</summary>
    public required string ResumeWith { get; init; }

    /// <summary>Deadline; null for the engine's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>True: the outcome is what the operation answers in the end, and the resource is not read.</summary>
    public bool AnswerIsResult { get; init; }

    /// <summary>The last line of the container's log, asked for now and then; null for none.</summary>
    public Func<CancellationToken, Task<string?>>? LastLogLine { get; init; }
}
