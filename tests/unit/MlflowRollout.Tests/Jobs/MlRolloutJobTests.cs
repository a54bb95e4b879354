using System.Diagnostics;
using System.Management.Automation;
using MlflowRollout.Jobs;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Jobs;

public sealed class MlRolloutJobTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Session _session = new();
    private readonly FakeWorkspace _workspace;

    public MlRolloutJobTests() => _workspace = new FakeWorkspace(_session);

    public void Dispose()
    {
        _workspace.Dispose();
        _session.Dispose();
    }

    [Fact]
    public void AsJob_Succeeds_GivesAllStreamsAndTheObjectOfThisProcess()
    {
        MlRolloutJob job = Start("New-MlEndpoint heart -AsJob -Verbose");
        End(job, JobState.Completed);

        Assert.Equal(MlRolloutJob.TypeName, job.PSJobTypeName);
        Assert.Equal("heart", Assert.IsType<MlEndpoint>(Assert.Single(job.Output).BaseObject).Name);
        Assert.Contains(job.Verbose, record => record.Message == "verbose of the engine");
        Assert.Contains(job.Warning, record => record.Message == "warning of the engine");
        Assert.Contains(job.Information, record => record.MessageData.ToString() == "Creating");
        Assert.Contains(job.Progress, record => record.Activity == "Creating endpoint");
        Assert.Empty(job.Error);
    }

    [Fact]
    public void AsJob_IsInTheRepository_ReceiveJobGivesTheObject()
    {
        Session.Run run = _session.Invoke("$job = New-MlEndpoint heart -AsJob; $null = $job | Wait-Job; (Get-Job -Id $job.Id).PSJobTypeName; ($job | Receive-Job -WarningAction Ignore).EndpointName; $job | Remove-Job");
        Assert.Empty(run.Errors);
        Assert.Equal([MlRolloutJob.TypeName, "heart"], run.Output.Select(value => value.ToString()));
    }

    [Fact]
    public void AsJob_Fails_EndsAsFailedWithTheErrorOnce()
    {
        _workspace.AddEndpoint("heart");
        MlRolloutJob job = Start("New-MlEndpoint heart -AsJob");
        End(job, JobState.Failed);
        Assert.StartsWith(MlErrorIds.EndpointAlreadyExists, Assert.Single(job.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AsJob_WouldAsk_FailsAndNamesForce()
    {
        _workspace.AddEndpoint("heart");
        MlRolloutJob job = Start("Remove-MlEndpoint heart -AsJob");
        End(job, JobState.Failed);
        Assert.StartsWith(MlErrorIds.ConfirmationUnavailable, Assert.Single(job.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(_workspace.Removed);
    }

    [Fact]
    public void AsJob_EachInputObject_GetsAJobOfItsOwn()
    {
        _workspace.AddEndpoint("a");
        _workspace.AddEndpoint("b");
        Session.Run run = _session.Invoke("Get-MlEndpoint | Remove-MlEndpoint -Force -AsJob");
        Assert.Equal(2, run.Output.Count);
        Assert.All(run.Output, job => End((Job)job.BaseObject, JobState.Completed));
        Assert.Equal(["a", "b"], _workspace.Removed.Order());
    }

    [Fact]
    public void AsJob_NameAsScriptBlock_IsMadeInTheCallersRunspace()
    {
        MlRolloutJob job = Start("$who = 'heart'; New-MlEndpoint { \"$who-1\" } -AsJob");
        End(job, JobState.Completed);
        Assert.Equal("heart-1", Assert.Single(_workspace.Endpoints).Name);
    }

    [Fact]
    public void AsJob_UnderWhatIf_StartsNothing()
    {
        Session.Run run = _session.Invoke("New-MlEndpoint heart -AsJob -WhatIf");
        Assert.Empty(run.Output);
        Assert.Empty(_workspace.Endpoints);
    }

    [Fact]
    public async Task StopJob_WhileItWaits_EndsWithinASecond()
    {
        _workspace.AddEndpoint("heart");
        MlRolloutJob job = Start("Wait-MlEndpoint heart -AsJob");
        await _workspace.Waiting.Task.WaitAsync(Patience);

        var clock = Stopwatch.StartNew();
        job.StopJob();

        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"It took {clock.Elapsed}.");
        Assert.Empty(job.Error);
        job.StopJob();
        job.Dispose();
    }

    [Fact]
    public void NoWaitAndAsJob_Together_AreRefused() =>
        Assert.StartsWith(
            MlErrorIds.ParameterConflict, _session.Invoke("New-MlEndpoint heart -AsJob -NoWait").SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);

    private MlRolloutJob Start(string script)
    {
        Session.Run run = _session.Invoke(script);
        Assert.Empty(run.Errors);
        return Assert.IsType<MlRolloutJob>(Assert.Single(run.Output).BaseObject);
    }

    private static void End(Job job, JobState expected)
    {
        Assert.True(job.Finished.WaitOne(Patience));
        Assert.True(expected == job.JobStateInfo.State, $"{job.JobStateInfo.State}: {string.Join("; ", job.Error)}");
    }
}
