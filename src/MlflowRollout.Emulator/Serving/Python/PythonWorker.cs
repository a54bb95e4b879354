using System.Diagnostics;
using System.Globalization;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>A running worker process and the connection to it.</summary>
internal sealed class PythonWorker : IWorker
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly FrameStream _frames;
    private readonly TimeProvider _time;
    private readonly FrameBuffer _control = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _exit;

    /// <param name="process">Started; belongs to this object from here on.</param>
    public PythonWorker(Process process, FrameStream frames, TimeProvider time)
    {
        _process = process;
        _frames = frames;
        _time = time;
        ProcessId = process.Id;
        _exit = WatchExitAsync();
    }

    public int ProcessId { get; }

    public Task<string> Ended => _ended.Task;

    /// <summary>How a process ended, in the words of a log.</summary>
    public static string DescribeExit(int exitCode) => exitCode switch
    {
        // What a shell reports for a process that a signal ended.
        137 => "it was sent SIGKILL; perhaps it ran out of memory",
        > 128 and < 160 when !OperatingSystem.IsWindows() => string.Create(CultureInfo.InvariantCulture, $"it was ended by signal {exitCode - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"it exited with code {exitCode}"),
    };

    public async Task<CallOutcome> CallAsync(PythonCall call)
    {
        var taken = false;
        try
        {
            await _frames.WriteAsync(call.Request.Written, CancellationToken.None).ConfigureAwait(false);
            while (true)
            {
                var kind = await _frames.ReadAsync(call.Reply, CancellationToken.None).ConfigureAwait(false);
                if (kind == FrameKind.Taken && !taken)
                {
                    taken = true;
                }
                else if (kind is FrameKind.Result or FrameKind.Error && taken)
                {
                    call.ReplyKind = kind;
                    return CallOutcome.Answered;
                }
                else
                {
                    Kill(string.Create(CultureInfo.InvariantCulture, $"it sent an unexpected frame ({kind})"));
                    return CallOutcome.Lost;
                }
            }
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            await LoseAsync().ConfigureAwait(false);
            return taken ? CallOutcome.Lost : CallOutcome.NotTaken;
        }
    }

    public async Task<bool> PingAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit, _time);
        try
        {
            _control.BeginFrame(FrameKind.Ping);
            _control.EndFrame();
            await _frames.WriteAsync(_control.Written, late.Token).ConfigureAwait(false);
            return await _frames.ReadAsync(_control, late.Token).ConfigureAwait(false) == FrameKind.Pong;
        }
        catch (Exception failure) when (failure is OperationCanceledException || IsLoss(failure))
        {
            return false;
        }
    }

    public void Kill(string reason)
    {
        _ended.TrySetResult(reason);
        KillProcess();
    }

    /// <summary>Asks the process to end by closing its input, and kills it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended.TrySetResult("the deployment ended");
        await _frames.DisposeAsync().ConfigureAwait(false);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read any more.
        }

        try
        {
            await _exit.WaitAsync(EndTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            KillProcess();
            await _exit.ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private static bool IsLoss(Exception failure) => failure is IOException or ObjectDisposedException or OverflowException;

    /// <summary>The connection broke: normally since the process ended, which is then the reason to tell.</summary>
    private async Task LoseAsync()
    {
        try
        {
            await _exit.WaitAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Kill("its connection broke");
        }
    }

    private async Task WatchExitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _ended.TrySetResult(DescribeExit(_process.ExitCode));
    }

    private void KillProcess()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }
}
