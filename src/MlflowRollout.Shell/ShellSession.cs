using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MlflowRollout.Shell.Hosting;

namespace MlflowRollout.Shell;

/// <summary>One runspace of the engine with the shell as its host.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly Runspace _runspace;
    private readonly ShellUserInterface _ui;
    private readonly Interrupts _interrupts;

    public ShellSession(ShellOptions options, ShellHost host, ShellUserInterface ui, Interrupts interrupts)
    {
        _ui = ui;
        _interrupts = interrupts;
        Host = host;
        InitialSessionState state = ShellSessionState.Create();
        if (options.NoProgress)
        {
            state.Variables.Add(new SessionStateVariableEntry("ProgressPreference", ActionPreference.SilentlyContinue, "No progress bars"));
        }

        _runspace = RunspaceFactory.CreateRunspace(host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        ModulePath.PutFirst(options.ModulePaths);
        ui.Interrupt = interrupts.Interrupt;
    }

    /// <summary>The host.</summary>
    public ShellHost Host { get; }

    /// <summary>Whether the last statement succeeded: the engine's <c>$?</c>.</summary>
    public bool LastSucceeded => Query("$?") is [{ BaseObject: true }];

    /// <summary>The folder that the session is in.</summary>
    public string CurrentFolder => _runspace.SessionStateProxy.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A pipeline of this session, nested in the running one where there is one.</summary>
    public PowerShell Create()
    {
        if (Host.NestingLevel > 0)
        {
            return PowerShell.Create(RunspaceMode.CurrentRunspace);
        }

        PowerShell shell = PowerShell.Create();
        shell.Runspace = _runspace;
        return shell;
    }

    /// <summary>Runs a pipeline whose output and errors are shown.</summary>
    public Outcome Run(Action<PowerShell> configure, bool addToHistory = false)
    {
        using PowerShell shell = Create();
        configure(shell);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        try
        {
            _interrupts.Run(shell, running => running.Invoke(null, new PSInvocationSettings { AddToHistory = addToHistory, Host = Host }));

            // A stop from outside ends the invocation without an exception.
            return shell.InvocationStateInfo.State == PSInvocationState.Stopped ? Outcome.Stopped : Outcome.Completed;
        }
        catch (PipelineStoppedException)
        {
            return Outcome.Stopped;
        }
        catch (Exception e) when (e is IContainsErrorRecord)
        {
            ShowError(((IContainsErrorRecord)e).ErrorRecord);
            return Outcome.Failed;
        }
        finally
        {
            _ui.ClearProgress();
        }
    }

    /// <summary>Runs a text quietly and returns what it wrote; nothing where an interrupt stopped it.</summary>
    public IReadOnlyList<PSObject> Query(string script)
    {
        using PowerShell shell = Create();
        shell.AddScript(script);
        IReadOnlyList<PSObject> output = [];
        try
        {
            _interrupts.Run(shell, running => output = running.Invoke());
        }
        catch (PipelineStoppedException)
        {
            return [];
        }

        return output;
    }

    /// <summary>Runs a script file, whose <c>exit</c> is the host's.</summary>
    public Outcome RunScript(string path, IReadOnlyList<string> arguments)
    {
        EngineExit.ReachesHost(_runspace);
        return Run(shell => ScriptArguments.Add(shell.AddCommand(path, useLocalScope: false), arguments));
    }

    /// <summary>Shows an error that ended a pipeline as PowerShell does.</summary>
    private void ShowError(ErrorRecord error)
    {
        using PowerShell shell = Create();
        shell.AddCommand("Out-Default");
        try
        {
            _ui.AsErrors(() => shell.Invoke(new[] { error }));
        }
        catch (RuntimeException)
        {
            // Whatever is wrong with the views must not hide the error itself.
            _ui.WriteErrorLine(error.ToString());
        }
    }

    /// <inheritdoc />
    public void Dispose() => _runspace.Dispose();
}
