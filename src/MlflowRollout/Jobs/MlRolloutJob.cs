using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MlflowRollout.Connections;

namespace MlflowRollout.Jobs;

/// <summary>
/// A command of this module that runs in the background of this process, in a runspace of its own with the same connections. Its streams are those of the
/// command. It ends as failed when the command wrote an error.
/// </summary>
public sealed class MlRolloutJob : Job
{
    /// <summary>Name of the job type, as <c>Get-Job</c> shows it.</summary>
    public const string TypeName = "MlRolloutJob";

    /// <summary>They speak of variables and streams of the caller, which the job does not have.</summary>
    private static readonly string[] CallersOwnParameters =
        ["OutVariable", "OutBuffer", "PipelineVariable", "ErrorVariable", "WarningVariable", "InformationVariable"];

    /// <summary>What the caller wants to hear is what the job records.</summary>
    private static readonly string[] Preferences =
        ["ErrorActionPreference", "WarningPreference", "VerbosePreference", "DebugPreference", "InformationPreference", "ConfirmPreference"];

    private readonly PowerShell _powerShell;
    private readonly Runspace _runspace;
    private readonly object _stateLock = new();

    /// <summary>The engine's objects must not go while they are still being stopped.</summary>
    private readonly object _releaseLock = new();
    private bool _stopping;
    private bool _ended;
    private bool _released;

    private MlRolloutJob(string command, string name, Runspace runspace)
        : base(command, name)
    {
        PSJobTypeName = TypeName;
        _runspace = runspace;
        _powerShell = PowerShell.Create();
        _powerShell.Runspace = runspace;

        // The command writes straight into the job's streams, so that they fill while it runs.
        _powerShell.Streams.Error = Error;
        _powerShell.Streams.Warning = Warning;
        _powerShell.Streams.Verbose = Verbose;
        _powerShell.Streams.Debug = Debug;
        _powerShell.Streams.Progress = Progress;
        _powerShell.Streams.Information = Information;
    }

    /// <inheritdoc/>
    public override string StatusMessage => Progress.Count > 0 ? Progress[^1].StatusDescription : string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.IsOpen || Output.Count > 0 || Error.Count > 0 || Warning.Count > 0 || Verbose.Count > 0 || Debug.Count > 0 || Information.Count > 0;

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>Cancels the command; returns when it has ended.</summary>
    public override void StopJob()
    {
        lock (_stateLock)
        {
            if (_stopping || _ended)
            {
                return;
            }

            _stopping = true;
        }

        SetJobState(JobState.Stopping);
        lock (_releaseLock)
        {
            if (!_released)
            {
                _powerShell.Stop();
            }
        }

        Finished.WaitOne();
    }

    /// <summary>Starts a command in the background.</summary>
    /// <param name="cmdlet">The command, on its pipeline thread.</param>
    /// <param name="parameters">Its bound parameters, without <c>-AsJob</c>.</param>
    internal static MlRolloutJob Start(PSCmdlet cmdlet, IEnumerable<KeyValuePair<string, object?>> parameters)
    {
        string commandName = cmdlet.MyInvocation.MyCommand.Name;
        InitialSessionState state = InitialSessionState.CreateDefault2();

        if (ManifestOf(cmdlet.MyInvocation.MyCommand.Module) is { } manifest)
        {
            // With its types, so that what comes out is shown as what comes out of a command.
            state.ImportPSModule([manifest]);
        }
        else
        {
            state.Commands.Add(new SessionStateCmdletEntry(commandName, cmdlet.GetType(), helpFileName: null));
        }

        foreach (string preference in Preferences)
        {
            if (cmdlet.SessionState.PSVariable.Get(preference) is { } variable)
            {
                state.Variables.Add(new SessionStateVariableEntry(preference, variable.Value, description: null));
            }
        }

        Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.ThreadOptions = PSThreadOptions.UseNewThread;
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath));
        foreach (string connectionId in RunspaceConnections.Current)
        {
            RunspaceConnections.Add(runspace, connectionId);
        }

        var job = new MlRolloutJob(cmdlet.MyInvocation.Line.Trim(), commandName, runspace);
        job._powerShell.AddCommand(commandName);
        foreach ((string name, object? value) in parameters)
        {
            if (!CallersOwnParameters.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                job._powerShell.AddParameter(name, value);
            }
        }

        job.Begin();
        return job;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            Release();
        }

        base.Dispose(disposing);
    }

    private static string? ManifestOf(PSModuleInfo? module)
    {
        // A module's path is that of its assembly.
        string? manifest = module is null ? null : System.IO.Path.Combine(module.ModuleBase, module.Name + ".psd1");
        return File.Exists(manifest) ? manifest : null;
    }

    private void Begin()
    {
        SetJobState(JobState.Running);
        using var noInput = new PSDataCollection<PSObject>();
        noInput.Complete();
        _powerShell.BeginInvoke(noInput, Output, settings: null, OnEnded, state: null);
    }

    private void OnEnded(IAsyncResult result)
    {
        try
        {
            _powerShell.EndInvoke(result);
        }
        catch (PipelineStoppedException)
        {
            // Stop-Job.
        }
        catch (RuntimeException e)
        {
            // A terminating error does not pass through the error stream by itself.
            Error.Add(e.ErrorRecord);
        }

        bool failed = Error.Count > 0;
        Output.Complete();
        Error.Complete();
        Warning.Complete();
        Verbose.Complete();
        Debug.Complete();
        Progress.Complete();
        Information.Complete();

        bool stopped;
        lock (_stateLock)
        {
            stopped = _stopping;
            _ended = true;
        }

        SetJobState(stopped ? JobState.Stopped : failed ? JobState.Failed : JobState.Completed);

        // Not here: this may be the very thread of the runspace that is let go.
        ThreadPool.QueueUserWorkItem(static job => job.Release(), this, preferLocal: false);
    }

    private void Release()
    {
        lock (_releaseLock)
        {
            if (_released)
            {
                return;
            }

            _released = true;
            _runspace.Dispose();
            _powerShell.Dispose();
        }
    }
}
