using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MlflowRollout.Tests.Support;

/// <summary>A session of the real engine with all cmdlets of the module and of these tests, without importing anything.</summary>
public sealed class Session : IDisposable
{
    public Session(PSHost? host = null)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (Type type in typeof(MlflowRollout.Commands.MlCmdletBase).Assembly.GetTypes().Concat(typeof(Session).Assembly.GetTypes()))
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
            {
                state.Commands.Add(new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, null));
            }
        }

        Runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        Runspace.Open();
    }

    public Runspace Runspace { get; }

    public Run Invoke(string script, params object?[] input)
    {
        using PowerShell shell = Make(script);
        List<PSObject> output = [];
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(input, output);
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        return new Run(shell, output, terminating);
    }

    public PowerShell Make(string script)
    {
        PowerShell shell = PowerShell.Create();
        shell.Runspace = Runspace;
        shell.AddScript(script);
        return shell;
    }

    public IReadOnlyList<string> Complete(string input)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = Runspace;
        return [.. CommandCompletion.CompleteInput(input, input.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }

    public void Dispose() => Runspace.Dispose();

    public sealed class Run(PowerShell shell, IReadOnlyList<PSObject> output, ErrorRecord? terminating)
    {
        public IReadOnlyList<PSObject> Output { get; } = output;

        public ErrorRecord? Terminating { get; } = terminating;

        public IReadOnlyList<ErrorRecord> Errors { get; } = [.. shell.Streams.Error.Where(error => error != terminating)];

        public IReadOnlyList<string> Verbose { get; } = [.. shell.Streams.Verbose.Select(record => record.Message)];

        public IReadOnlyList<string> Warnings { get; } = [.. shell.Streams.Warning.Select(record => record.Message)];

        public IReadOnlyList<string> Information { get; } = [.. shell.Streams.Information.Select(record => record.MessageData.ToString()!)];

        public IReadOnlyList<ProgressRecord> Progress { get; } = [.. shell.Streams.Progress];

        public PSInvocationState State { get; } = shell.InvocationStateInfo.State;

        public ErrorRecord SingleError => Terminating ?? Assert.Single(Errors);
    }
}
