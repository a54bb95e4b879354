using System.Management.Automation;
using MlflowRollout.Jobs;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that can run as a job: one job for each input object.</summary>
public abstract class MlJobCmdletBase : MlConnectedCmdletBase
{
    /// <summary>Runs the command as a background job of this process and returns the job at once. Stop-Job cancels it.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Under <c>-WhatIf</c> nothing is started: what would be done is said here and now.</summary>
    private bool RunsAsJob => AsJob && !IsWhatIf;

    /// <summary>
    /// Replaces parameter values that must not leave this runspace before the job gets them; called for each input object on the pipeline thread.
    /// A cmdlet with a name that may be a script block replaces it by its value here.
    /// </summary>
    /// <param name="parameters">Bound parameters by name, without <c>-AsJob</c>.</param>
    private protected virtual void PrepareJob(IDictionary<string, object?> parameters)
    {
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!RunsAsJob)
        {
            base.ProcessRecord();
            return;
        }

        SawInput = true;
        try
        {
            var parameters = MyInvocation.BoundParameters.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.OrdinalIgnoreCase);
            parameters.Remove(nameof(AsJob));
            PrepareJob(parameters);
            MlRolloutJob job = MlRolloutJob.Start(this, parameters);
            JobRepository.Add(job);
            WriteObject(job);
        }
        catch (MlException e)
        {
            Report(e);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (RunsAsJob)
        {
            _ = EndsWithoutInput();
        }
        else
        {
            base.EndProcessing();
        }
    }
}
