using System.Diagnostics;
using System.Management.Automation;
using MlflowRollout.Services;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Commands;

public sealed class MlCmdletBaseTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Worker_SaysThings_AllStreamsCarryThemInOrder()
    {
        Session.Run run = Run("-Verbose", async (cmdlet, _) =>
        {
            await Task.Yield();
            Assert.Null(System.Management.Automation.Runspaces.Runspace.DefaultRunspace);
            cmdlet.Caller.Verbose("one");
            cmdlet.Caller.Verbose("two");
            cmdlet.Caller.Warning("careful");
            cmdlet.Caller.Information("state: Creating");
            cmdlet.Caller.Progress(new MlProgress("key", "Creating", "00:01", 10));
            cmdlet.Caller.Progress(new MlProgress("key", "Creating", "done", IsCompleted: true));
            await cmdlet.WriteAsync(7);
        });

        Assert.Equal(["one", "two"], run.Verbose.Where(text => text.Length == 3));
        Assert.Equal(["careful"], run.Warnings);
        Assert.Equal(["state: Creating"], run.Information);
        Assert.Equal([ProgressRecordType.Processing, ProgressRecordType.Completed], run.Progress.Select(record => record.RecordType));
        Assert.Equal(7, Assert.Single(run.Output).BaseObject);
    }

    [Fact]
    public async Task Stop_WorkerHeedsIt_EndsWithinASecond() => await StopEndsAsync((started, _) => async (_, token) =>
    {
        started.SetResult();
        await Task.Delay(Timeout.Infinite, token);
    });

    [Fact]
    public async Task Stop_WorkerDoesNotHeedIt_EndsWithinASecondAllTheSame() => await StopEndsAsync((started, never) => async (_, _) =>
    {
        started.SetResult();
        await never.Task;
    });

    [Fact]
    public async Task Stop_WhileWorkerWaitsForDownstream_EndsWithinASecond() => await StopEndsAsync((started, _) => async (cmdlet, _) =>
    {
        for (int index = 0; ; index++)
        {
            await cmdlet.WriteAsync(index);
            started.TrySetResult();
        }
    });

    [Theory]
    [InlineData("| Test-First")]
    [InlineData("| ForEach-Object { throw 'downstream' }")]
    [InlineData("| ForEach-Object { break }")]
    public void Downstream_EndsThePipeline_WorkerIsCanceledAndCmdletDisposedOnce(string rest)
    {
        int before = TestWorkCommand.Disposals;
        using var canceled = new ManualResetEventSlim();
        Func<TestWorkCommand, CancellationToken, Task> work = async (cmdlet, token) =>
        {
            try
            {
                for (int index = 0; index < 1000; index++)
                {
                    await cmdlet.WriteAsync(index);
                }
            }
            catch (OperationCanceledException)
            {
                canceled.Set();
                throw;
            }
        };

        Prepare(work);

        Session.Run run = _session.Invoke($"foreach ($once in 1) {{ Test-Work $global:work {rest} }}");

        Assert.True(canceled.Wait(Patience));
        Assert.True(run.Output.Count <= 1);
        Assert.Equal(before + 1, TestWorkCommand.Disposals);
        Assert.Equal(rest.Contains("throw", StringComparison.Ordinal), run.Terminating is not null);
    }

    [Fact]
    public void Dispose_AfterNormalEnd_HappensOnce()
    {
        int before = TestWorkCommand.Disposals;
        Run(string.Empty, (_, _) => Task.CompletedTask);
        Assert.Equal(before + 1, TestWorkCommand.Disposals);
    }

    [Fact]
    public void Deadline_PassesWithoutAStop_IsATimeOutAndNotACancellation()
    {
        Session.Run run = Run(string.Empty, (_, _) => throw new TaskCanceledException("HttpClient says this when its own deadline passes"));

        Assert.Equal(PSInvocationState.Completed, run.State);
        Assert.StartsWith(MlErrorIds.OperationTimedOut, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, run.SingleError.CategoryInfo.Category);
    }

    [Fact]
    public void Error_OfOneInput_IsWrittenAndTheNextInputGoesOn()
    {
        Prepare(async (cmdlet, _) =>
        {
            if (cmdlet.InputObject is PSObject { BaseObject: 2 } or 2)
            {
                throw new MlNotFoundException(MlErrorIds.EndpointNotFound, "Endpoint 'two' does not exist.") { Target = "two", RecommendedAction = "Did you mean 'too'?" };
            }

            await cmdlet.WriteAsync(cmdlet.InputObject);
        });

        Session.Run run = _session.Invoke("1, 2, 3 | Test-Work $global:work");

        Assert.Equal([1, 3], run.Output.Select(value => value.BaseObject));
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.StartsWith("EndpointNotFound", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal("two", error.TargetObject);
        Assert.Equal("Did you mean 'too'?", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Error_AfterWhichNothingCanSucceed_EndsThePipeline()
    {
        Prepare((_, _) => throw new MlConnectionException(MlErrorIds.NotConnected, "No workspace is connected."));

        Session.Run run = _session.Invoke("1, 2 | Test-Work $global:work; 'next statement'");

        Assert.StartsWith("NotConnected", run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Error_OnThePipelineThread_ReachesTheWorkerAndNextInputGoesOn()
    {
        Prepare(async (cmdlet, _) => await cmdlet.WriteAsync(await cmdlet.OnPipelineAsync(() => cmdlet.Name!.For(cmdlet.InputObject))));

        Session.Run run = _session.Invoke("'a', '', 'c' | Test-Work $global:work -Name { $_ }");

        Assert.Equal(["a", "c"], run.Output.Select(value => value.ToString()));
        Assert.StartsWith("NameInvalid", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Error_UnderErrorActionStop_EndsTheScript()
    {
        Prepare(async (cmdlet, _) => await cmdlet.EachAsync([1, 2], _ => throw new MlNotFoundException(MlErrorIds.EndpointNotFound, "gone")));

        Session.Run run = _session.Invoke("Test-Work $global:work -ErrorAction Stop; 'not reached'");

        Assert.Empty(run.Output);
        Assert.StartsWith("EndpointNotFound", run.Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void ForEach_OneItemFails_TheOthersAreDone()
    {
        Session.Run run = Run(string.Empty, (cmdlet, _) => cmdlet.EachAsync([1, 2, 3], item =>
            item == 2 ? throw new MlNotFoundException(MlErrorIds.EndpointNotFound, "two") : cmdlet.WriteAsync(item)));

        Assert.Equal([1, 3], run.Output.Select(value => value.BaseObject));
        Assert.Single(run.Errors);
    }

    [Theory]
    [InlineData("$green | Test-Work $global:work")]
    [InlineData("$x = $green |\n    Test-Work $global:work")]
    [InlineData("& { if ($true) { ($green) | Test-Work $global:work | ForEach-Object { $_ } } }")]
    public void EmptyVariable_IsPiped_IsAnErrorOfAnEarlierStep(string script)
    {
        Prepare((_, _) => Task.CompletedTask);

        Session.Run run = _session.Invoke($"$green = & {{}}\n'something else' | ForEach-Object {{ $null = $_ }}; {script}");

        Assert.StartsWith("EarlierStepFailed", run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyArray_IsPiped_IsSilence()
    {
        Prepare((_, _) => Task.CompletedTask);

        Session.Run run = _session.Invoke("@() | Test-Work $global:work");

        Assert.Empty(run.Errors);
        Assert.Null(run.Terminating);
    }

    [Fact]
    public void EmptyQuery_IsPiped_IsSilence()
    {
        Prepare((_, _) => Task.CompletedTask);

        Session.Run run = _session.Invoke("Get-Command No-SuchThing* | Test-Work $global:work");

        Assert.Empty(run.Errors);
        Assert.Null(run.Terminating);
    }

    private void Prepare(Func<TestWorkCommand, CancellationToken, Task> work) => _session.Runspace.SessionStateProxy.SetVariable("global:work", work);

    private Session.Run Run(string arguments, Func<TestWorkCommand, CancellationToken, Task> work)
    {
        Prepare(work);
        return _session.Invoke($"Test-Work $global:work {arguments}");
    }

    private async Task StopEndsAsync(Func<TaskCompletionSource, TaskCompletionSource, Func<TestWorkCommand, CancellationToken, Task>> make)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int before = TestWorkCommand.Disposals;
        Prepare(make(started, never));
        using PowerShell shell = _session.Make("Test-Work $global:work | ForEach-Object { $null = $_ }");
        IAsyncResult running = shell.BeginInvoke();
        await started.Task.WaitAsync(Patience);

        var clock = Stopwatch.StartNew();
        await Task.Factory.FromAsync(shell.BeginStop(null, null), shell.EndStop).WaitAsync(Patience);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"It took {clock.Elapsed}.");
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(before + 1, TestWorkCommand.Disposals);
        never.SetResult();
    }
}
