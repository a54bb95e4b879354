using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MlflowRollout.Shell;

namespace MlflowRollout.Testing;

/// <summary>A session of the real PowerShell engine in this process, with the built module imported from <c>output/</c>.</summary>
public sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens a session.</summary>
    public ModuleSession(ModuleSessionOptions? options = null)
    {
        options ??= new ModuleSessionOptions();
        Host = new ScriptedHost(options.Interactive, options.Width);
        InitialSessionState state = options.ShellCommands ? ShellSessionState.Create() : InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        state.Variables.Add(new SessionStateVariableEntry("ErrorActionPreference", Enum.Parse<ActionPreference>(options.ErrorActionPreference), null));
        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.ThreadOptions = PSThreadOptions.UseNewThread;
        _runspace.Open();
        if (options.ImportModule)
        {
            PutOutputFirst();
            ImportModule();
        }
    }

    /// <summary>The host, with its answers, prompts and lines.</summary>
    public ScriptedHost Host { get; }

    /// <summary>The runspace.</summary>
    public Runspace Runspace => _runspace;

    /// <summary>Imports the built module by its manifest.</summary>
    public void ImportModule() => Invoke("Import-Module $args[0] -ErrorAction Stop", RepositoryPaths.ModuleManifest).AssertSucceeded();

    /// <summary>Runs a script; the arguments are its <c>$args</c>, or its parameters in order where it declares <c>param()</c>.</summary>
    public InvocationResult Invoke(string script, params object?[] arguments) => Run(script, input: null, shell =>
    {
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }
    });

    /// <summary>Runs a script that declares <c>param()</c> with named arguments.</summary>
    public InvocationResult InvokeNamed(string script, IDictionary parameters) => Run(script, input: null, shell => shell.AddParameters(parameters));

    /// <summary>Runs a script with objects piped into it; they are its <c>$input</c>, e.g. <c>$input | Set-MlTraffic -Weight 10</c>.</summary>
    public InvocationResult InvokeWithInput(IEnumerable<object?> input, string script) => Run(script, input, static _ => { });

    /// <summary>Runs a script on a thread of its own; cancelling the token stops the pipeline as Ctrl-C does.</summary>
    public async Task<InvocationResult> InvokeAsync(string script, CancellationToken cancellationToken = default, params object?[] arguments)
    {
        using PowerShell shell = Create(script);
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }

        using PSDataCollection<PSObject> output = [];
        await using CancellationTokenRegistration registration = cancellationToken.Register(() => shell.BeginStop(null, null));
        ErrorRecord? terminating = null;
        bool stopped = false;
        try
        {
            await Task.Factory.FromAsync(shell.BeginInvoke<PSObject, PSObject>(null, output), shell.EndInvoke);
        }
        catch (PipelineStoppedException)
        {
            stopped = true;
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        return Result(shell, output, terminating, stopped || shell.InvocationStateInfo.State == PSInvocationState.Stopped);
    }

    /// <summary>Sets a variable of the session.</summary>
    public void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Reads a variable of the session, unwrapped.</summary>
    public object? GetVariable(string name) => _runspace.SessionStateProxy.GetVariable(name) is PSObject wrapped ? wrapped.BaseObject : _runspace.SessionStateProxy.GetVariable(name);

    /// <summary>What a user sees for this object (or these, where it is a collection): the module's views, rendered by the engine.</summary>
    public string RenderedAs(object? value)
    {
        Host.TakeOutput();
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddCommand("Out-Default");
        shell.Invoke(value is IEnumerable many and not string and not IDictionary ? many : new[] { value });
        return Host.TakeOutput();
    }

    /// <summary>What a user sees for the output of this script, errors included.</summary>
    public string Rendered(string script)
    {
        Host.TakeOutput();
        using PowerShell shell = Create(script);
        shell.AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Invoke();
        return Host.TakeOutput();
    }

    /// <summary>Completions at the end of this input, or at the cursor.</summary>
    public CommandCompletion Complete(string input, int? cursor = null)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        return CommandCompletion.CompleteInput(input, cursor ?? input.Length, null, shell);
    }

    /// <inheritdoc />
    public void Dispose() => _runspace.Dispose();

    // So that the module is found by name too; the engine has put its own folders first by now.
    private static void PutOutputFirst()
    {
        string path = Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty;
        if (!path.StartsWith(RepositoryPaths.Output + Path.PathSeparator, StringComparison.Ordinal))
        {
            Environment.SetEnvironmentVariable("PSModulePath", RepositoryPaths.Output + Path.PathSeparator + path);
        }
    }

    private PowerShell Create(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        return shell;
    }

    private InvocationResult Run(string script, IEnumerable<object?>? input, Action<PowerShell> configure)
    {
        using PowerShell shell = Create(script);
        configure(shell);
        List<PSObject> output = [];
        ErrorRecord? terminating = null;
        bool stopped = false;
        try
        {
            shell.Invoke(input, output);
        }
        catch (PipelineStoppedException)
        {
            stopped = true;
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        return Result(shell, output, terminating, stopped || shell.InvocationStateInfo.State == PSInvocationState.Stopped);
    }

    private static InvocationResult Result(PowerShell shell, IEnumerable<PSObject> output, ErrorRecord? terminating, bool stopped) => new()
    {
        Output = [.. output],
        NonTerminatingErrors = [.. shell.Streams.Error.Where(error => !ReferenceEquals(error, terminating))],
        TerminatingError = terminating,
        Warnings = [.. shell.Streams.Warning.Select(static record => record.Message)],
        Verbose = [.. shell.Streams.Verbose.Select(static record => record.Message)],
        Debug = [.. shell.Streams.Debug.Select(static record => record.Message)],
        Information = [.. shell.Streams.Information],
        Progress = [.. shell.Streams.Progress],
        Stopped = stopped,
    };
}
