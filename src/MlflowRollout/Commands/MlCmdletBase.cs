using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
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
    /// <summary>A worker that does not heed its cancellation is left behind after this time: Ctrl-C must work.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(800);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private volatile BlockingCollection<Action>? _queue;
    private bool _disposed;
    private bool? _isWhatIf;

    /// <summary>Canceled by Ctrl-C and when the pipeline ends early.</summary>
    protected CancellationToken StopToken { get; }

    /// <summary>The engine.</summary>
    private protected static IMlEngine Engine => EngineHost.Engine;

    /// <summary>What the engine may say and ask; forwards to the pipeline thread.</summary>
    private protected IMlOperationContext Context { get; }

    /// <summary>Makes the cmdlet.</summary>
    protected MlCmdletBase()
    {
        StopToken = _stop.Token;
        Context = new CmdletOperationContext(this);
    }

    /// <summary>True when <c>-Force</c> was given; cmdlets with that parameter override it.</summary>
    private protected virtual bool SuppressesQuestions => false;

    /// <summary>True under <c>-WhatIf</c> or <c>$WhatIfPreference</c>.</summary>
    internal bool IsWhatIf => _isWhatIf ??= ReadWhatIf();

    /// <summary>True when questions were answered beforehand: <c>-Force</c> or <c>-Confirm:$false</c>.</summary>
    internal bool ConsentGiven =>
        SuppressesQuestions || (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? value) && !LanguagePrimitives.IsTrue(value));

    /// <summary>Work for one input object.</summary>
    /// <param name="cancellationToken">Canceled by Ctrl-C.</param>
    protected virtual Task ProcessRecordAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Work after the last input object.</summary>
    /// <param name="cancellationToken">Canceled by Ctrl-C.</param>
    protected virtual Task EndProcessingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Under <c>-WhatIf</c> an earlier command of the pipeline makes no object, so that this one gets no input. What it would have done is said then: target
    /// and action; null says nothing.
    /// </summary>
    private protected virtual (string Target, string Action)? WhatIfWithoutInput => null;

    /// <summary>
    /// Parameter that takes the pipeline's objects. When it is named, a command behind an empty variable (<c>$green | Set-MlTraffic …</c> after green failed) is an
    /// error; PowerShell itself would skip the command in silence.
    /// </summary>
    private protected virtual string? PipelineParameter => null;

    /// <summary>The runspace that the command runs in; only the pipeline thread could ask for it otherwise.</summary>
    private protected Runspace? Session { get; private set; }

    /// <summary>True once there was something to act on.</summary>
    private protected bool SawInput { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();

        // Read here, since the engine asks for it on other threads and only this one may touch the session state.
        _ = IsWhatIf;
        Session = Runspace.DefaultRunspace;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        SawInput = true;
        Run(ProcessRecordAsync);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!EndsWithoutInput())
        {
            Run(EndProcessingAsync);
        }
    }

    /// <summary>Says what there is to say when the pipeline gave nothing to act on.</summary>
    /// <returns>True when that was so.</returns>
    private protected bool EndsWithoutInput()
    {
        if (SawInput || !MyInvocation.ExpectingInput)
        {
            return false;
        }

        if (IsWhatIf && WhatIfWithoutInput is var (target, action) && EmptyPipeline.MayComeFromAChange(MyInvocation))
        {
            _ = ShouldProcess(target, action);
            return true;
        }

        if (!IsWhatIf && PipelineParameter is { } parameter && EmptyPipeline.Error(MyInvocation, parameter) is { } error)
        {
            Report(error);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            _abandon.CancelAfter(StopGrace);
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
            _abandon.Dispose();
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
        CancellationTokenRegistration registration = StopToken.Register(() => completion.TrySetCanceled(StopToken));
        bool posted = Post(() =>
        {
            try
            {
                completion.TrySetResult(function());
            }
            catch (MlException e)
            {
                // Ours, so it came from the function and not from downstream: the worker deals with it.
                completion.TrySetException(e);
            }
            catch (Exception e)
            {
                // The worker sees a cancellation; the fault itself belongs to the pipeline (break, Select-Object -First, -ErrorAction Stop).
                _stop.Cancel();
                completion.TrySetCanceled(StopToken);
                ExceptionDispatchInfo.Throw(e);
            }
            finally
            {
                registration.Dispose();
            }
        });
        if (!posted)
        {
            registration.Dispose();
            completion.TrySetCanceled(StopToken.IsCancellationRequested ? StopToken : new CancellationToken(canceled: true));
        }

        return completion.Task;
    }

    /// <summary>Queues something for the pipeline thread without waiting. False when no work is running: nobody is left to hear it.</summary>
    internal bool Post(Action action)
    {
        try
        {
            if (_queue is not { } queue)
            {
                return false;
            }

            queue.Add(action, StopToken);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Asks leave for a change on the pipeline thread; see <see cref="IMlOperationContext.ConfirmAsync"/>.</summary>
    internal Task<bool> ConfirmAsync(string target, string action, MlQuestion? question) => InvokeAsync(() =>
        ShouldProcess(target, action) && (question is null || ConsentGiven || Ask(target, action, question)));

    /// <summary>Runs asynchronous work to its end on behalf of the pipeline thread and reports its error.</summary>
    private protected void Run(Func<CancellationToken, Task> work)
    {
        switch (Pump(work))
        {
            case null:
                break;
            case MlException e:
                Report(e);
                break;
            case OperationCanceledException when StopToken.IsCancellationRequested:
                throw new PipelineStoppedException();
            case OperationCanceledException e:
                // Nobody asked to stop, so a deadline passed somewhere below.
                Report(new MlOperationException(MlErrorIds.OperationTimedOut, MlErrorCategory.OperationTimeout, "The service did not answer within the time allowed.", e));
                break;
            case { } e:
                ThrowTerminatingError(e is IContainsErrorRecord known ? known.ErrorRecord : ErrorRecordFactory.Create(e));
                break;
        }
    }

    /// <summary>
    /// Does something for each item in turn; an error that concerns one item is written and the others go on.
    /// </summary>
    private protected async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> action)
    {
        foreach (T item in items)
        {
            try
            {
                await action(item).ConfigureAwait(false);
            }
            catch (MlException e) when (!IsTerminating(e))
            {
                await WriteErrorAsync(e).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reports an error of ours: terminating when nothing further can succeed.</summary>
    private protected void Report(MlException error)
    {
        ErrorRecord record = ErrorRecordFactory.Create(error);
        if (IsTerminating(error))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    private static bool IsTerminating(MlException error) => error.IsTerminating || ErrorRecordFactory.EndsThePipeline(error.ErrorId);

    private bool ReadWhatIf() =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? value)
            ? LanguagePrimitives.IsTrue(value)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference", false));

    private bool Ask(string target, string action, MlQuestion question)
    {
        try
        {
            return ShouldContinue(question.Text, question.Caption);
        }
        catch (Exception e) when (e is PSInvalidOperationException or System.Management.Automation.Host.HostException)
        {
            // Build agents, runbooks and jobs have nobody to ask.
            throw new MlValidationException(
                MlErrorIds.ConfirmationUnavailable, $"'{action}' on {target} asks first, and this host cannot ask: {question.Text}", MlErrorCategory.InvalidOperation, e)
            {
                RecommendedAction = "Give -Force or -Confirm:$false to answer yes beforehand.",
            };
        }
    }

    /// <summary>Gives the error of the work; what downstream threw is thrown from here.</summary>
    private Exception? Pump(Func<CancellationToken, Task> body)
    {
        // Not disposed here: a worker that was left behind may still want to say that it ended. It holds no handle worth mentioning.
#pragma warning disable CA2000
        var queue = new BlockingCollection<Action>();
#pragma warning restore CA2000
        _queue = queue;
        ExceptionDispatchInfo? pipelineFault = null;
        Task work = Task.Run(async () =>
        {
            try
            {
                await body(StopToken).ConfigureAwait(false);
            }
            finally
            {
                queue.CompleteAdding();
            }
        });

        try
        {
            foreach (Action action in queue.GetConsumingEnumerable(_abandon.Token))
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
                    _abandon.CancelAfter(StopGrace);
                    _stop.Cancel();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker did not heed its cancellation in time. It is left behind; its end is of no interest.
            _ = work.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            pipelineFault?.Throw();
            return new OperationCanceledException(StopToken);
        }
        finally
        {
            _queue = null;
        }

        Exception? workFault = WaitFor(work);
        pipelineFault?.Throw();
        return workFault;
    }

    private static Exception? WaitFor(Task work)
    {
        // The pump has ended, so the worker is in its last instructions; this is the one place where the pipeline thread waits for it.
        ((IAsyncResult)work).AsyncWaitHandle.WaitOne();
        return work.IsCanceled ? new OperationCanceledException() : work.Exception is { } aggregate ? aggregate.InnerException ?? aggregate : null;
    }
}
