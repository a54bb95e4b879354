using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using MlflowRollout.Errors;
using MlflowRollout.LoadContext;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Base of all cmdlets: runs asynchronous work while the pipeline thread pumps what it has to say, maps errors, cancels on stop.
/// Only the pipeline thread touches <c>Write*</c>, <c>ShouldProcess</c> and the session state.
/// </summary>
public abstract class MlCmdletBase : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile BlockingCollection<Action>? _queue;
    private bool _disposed;

    /// <summary>Canceled by Ctrl-C and when the pipeline ends early.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>The engine.</summary>
    private protected static IMlEngine Engine => EngineHost.Engine;

    /// <summary>What the engine may say and ask; forwards to the pipeline thread.</summary>
    private protected IMlOperationContext Context { get; }

    /// <summary>Makes the cmdlet.</summary>
    protected MlCmdletBase() => Context = new CmdletOperationContext(this);

    /// <summary>True when <c>-Force</c> was given; cmdlets with that parameter override it.</summary>
    private protected virtual bool SuppressesQuestions => false;

    /// <summary>True under <c>-WhatIf</c> or <c>$WhatIfPreference</c>.</summary>
    internal bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? value)
            ? LanguagePrimitives.IsTrue(value)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference", false));

    /// <summary>True when questions were answered beforehand: <c>-Force</c> or <c>-Confirm:$false</c>.</summary>
    internal bool ConsentGiven =>
        SuppressesQuestions || (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? value) && !LanguagePrimitives.IsTrue(value));

    /// <summary>Work for one input object.</summary>
    /// <param name="cancellationToken">Canceled by Ctrl-C.</param>
    protected virtual Task ProcessRecordAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Work after the last input object.</summary>
    /// <param name="cancellationToken">Canceled by Ctrl-C.</param>
    protected virtual Task EndProcessingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(ProcessRecordAsync);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(EndProcessingAsync);

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline ended by itself at the same moment.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels what is left. Called once by PowerShell, also when the pipeline ended early.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    /// <summary>Writes an object from a worker; returns when downstream has taken it (back-pressure).</summary>
    private protected Task WriteObjectAsync(object? value) => InvokeAsync(() => WriteObject(value));

    /// <summary>Writes an error from a worker and goes on.</summary>
    private protected Task WriteErrorAsync(Exception error, object? target = null) =>
        InvokeAsync(() => WriteError(ErrorRecordFactory.Create(error, target)));

    /// <summary>Runs something on the pipeline thread and waits for it.</summary>
    private protected Task InvokeAsync(Action action) => InvokeAsync(() =>
    {
        action();
        return true;
    });

    /// <summary>Runs something on the pipeline thread and waits for its result.</summary>
    private protected Task<T> InvokeAsync<T>(Func<T> function)
    {
        // Continuations must not run inside the pump, where they would hold up the pipeline thread.
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = _stop.Token.Register(() => completion.TrySetCanceled(_stop.Token));
        Post(() =>
        {
            try
            {
                completion.TrySetResult(function());
            }
            catch (Exception e)
            {
                // The worker sees a cancellation; the fault itself belongs to the pipeline (break, Select-Object -First, -ErrorAction Stop).
                completion.TrySetCanceled();
                ExceptionDispatchInfo.Throw(e);
            }
            finally
            {
                registration.Dispose();
            }
        });
        return completion.Task;
    }

    /// <summary>Queues something for the pipeline thread without waiting. Ignored when no work is running.</summary>
    internal void Post(Action action)
    {
        BlockingCollection<Action>? queue = _queue;
        try
        {
            queue?.Add(action, _stop.Token);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            // The work is over or being stopped: nobody is left to hear it.
        }
    }

    /// <summary>Asks leave for a change on the pipeline thread; see <see cref="IMlOperationContext.ConfirmAsync"/>.</summary>
    internal Task<bool> ConfirmAsync(string target, string action, MlQuestion? question) => InvokeAsync(() =>
        ShouldProcess(target, action) && (question is null || ConsentGiven || ShouldContinue(question.Text, question.Caption)));

    /// <summary>Runs asynchronous work to its end on behalf of the pipeline thread and reports its error.</summary>
    private protected void Run(Func<CancellationToken, Task> work)
    {
        try
        {
            Pump(work);
        }
        catch (MlException e)
        {
            Report(e);
        }
    }

    /// <summary>Reports an error of ours: terminating when nothing further can succeed.</summary>
    private protected void Report(MlException error)
    {
        ErrorRecord record = ErrorRecordFactory.Create(error);
        if (error.IsTerminating || ErrorRecordFactory.EndsThePipeline(error.ErrorId))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    private void Pump(Func<CancellationToken, Task> body)
    {
        using var queue = new BlockingCollection<Action>();
        _queue = queue;
        ExceptionDispatchInfo? pipelineFault = null;
        Task work = Task.Run(async () =>
        {
            try
            {
                await body(_stop.Token).ConfigureAwait(false);
            }
            finally
            {
                queue.CompleteAdding();
            }
        });

        foreach (Action action in queue.GetConsumingEnumerable())
        {
            if (pipelineFault is not null)
            {
                continue; // Drain: the worker is being canceled.
            }

            try
            {
                action();
            }
            catch (Exception e)
            {
                pipelineFault = ExceptionDispatchInfo.Capture(e);
                _stop.Cancel();
            }
        }

        _queue = null;
        ExceptionDispatchInfo? workFault = WaitFor(work);
        pipelineFault?.Throw();
        if (workFault is not null)
        {
            if (workFault.SourceException is OperationCanceledException && _stop.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }

            workFault.Throw();
        }
    }

    private static ExceptionDispatchInfo? WaitFor(Task work)
    {
        // The pump has ended, so the worker is in its last instructions; this is the one place where the pipeline thread waits for it.
        ((IAsyncResult)work).AsyncWaitHandle.WaitOne();
        return work.IsCanceled
            ? ExceptionDispatchInfo.Capture(new OperationCanceledException())
            : work.Exception is { } aggregate ? ExceptionDispatchInfo.Capture(aggregate.InnerException ?? aggregate) : null;
    }
}
