using System.Management.Automation;
using System.Runtime.InteropServices;

namespace MlflowRollout.Shell;

/// <summary>Turns Ctrl-C and the signals that end a process into a stop of the running pipeline; asked twice, the process ends.</summary>
internal sealed class Interrupts : IDisposable
{
    // What a pipeline gets to wind down after SIGTERM; process managers kill after ten.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private readonly Lock _gate = new();
    private readonly Stack<PowerShell> _running = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _time;
    private readonly Action<int> _exit;
    private ITimer? _deadline;
    private bool _stopping;
    private bool _idleInterrupt;
    private int? _terminatedBy;

    public Interrupts(TimeProvider time, Action<int> exit)
    {
        _time = time;
        _exit = exit;
        Console.CancelKeyPress += OnCancelKeyPress;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Terminate(context, ExitCodes.Terminated)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Terminate(context, ExitCodes.HungUp)),
        ];
    }

    /// <summary>The exit code that a signal asks for, or null.</summary>
    public int? TerminatedBy
    {
        get
        {
            lock (_gate)
            {
                return _terminatedBy;
            }
        }
    }

    /// <summary>Runs a pipeline that interrupts stop.</summary>
    public void Run(PowerShell shell, Action<PowerShell> invoke)
    {
        lock (_gate)
        {
            _idleInterrupt = false;
            if (_terminatedBy is not null)
            {
                throw new PipelineStoppedException();
            }

            _running.Push(shell);
        }

        try
        {
            invoke(shell);
        }
        finally
        {
            lock (_gate)
            {
                _running.Pop();
                _stopping = false;
            }
        }
    }

    /// <summary>Stops the innermost pipeline; asked again while it stops, or twice where none runs, ends the process.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (_running.TryPeek(out PowerShell? shell) && !_stopping)
            {
                _stopping = true;
                shell.BeginStop(null, null);
                return;
            }

            if (_running.Count == 0 && !_idleInterrupt)
            {
                _idleInterrupt = true;
                return;
            }
        }

        _exit(ExitCodes.Interrupted);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _deadline?.Dispose();
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e)
    {
        if (e.SpecialKey == ConsoleSpecialKey.ControlC)
        {
            e.Cancel = true;
            Interrupt();
        }
    }

    private void Terminate(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        lock (_gate)
        {
            _terminatedBy ??= exitCode;
            if (_running.TryPeek(out PowerShell? shell))
            {
                _stopping = true;
                shell.BeginStop(null, null);
                _deadline ??= _time.CreateTimer(_ => _exit(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _exit(exitCode);
    }
}
