using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Waits.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = SecondsSet)]
public sealed class StartSleepCommand : PSCmdlet, IDisposable
{
    private const string SecondsSet = "Seconds";

    private readonly ManualResetEventSlim _stop = new();

    /// <summary>How many seconds.</summary>
    [Parameter(ParameterSetName = SecondsSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0.0, int.MaxValue / 1000.0)]
    public double Seconds { get; set; }

    /// <summary>How many milliseconds.</summary>
    [Parameter(ParameterSetName = "Milliseconds", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    [Alias("ms")]
    public int Milliseconds { get; set; }

    /// <summary>How long.</summary>
    [Parameter(ParameterSetName = "Duration", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ts")]
    public TimeSpan Duration { get; set; }

    /// <inheritdoc />
    public void Dispose() => _stop.Dispose();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        TimeSpan time = ParameterSetName switch
        {
            SecondsSet => TimeSpan.FromSeconds(Seconds),
            "Milliseconds" => TimeSpan.FromMilliseconds(Milliseconds),
            _ => Duration,
        };
        if (time < TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentOutOfRangeException(nameof(Duration), Duration, $"The duration must be between 0 and {int.MaxValue} milliseconds."),
                "DurationOutOfRange", ErrorCategory.InvalidArgument, Duration));
        }

        _stop.Wait(time);
    }

    /// <inheritdoc />
    protected override void StopProcessing() => _stop.Set();
}
