using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Lets the engine speak and ask through a cmdlet: every call is carried to the pipeline thread.</summary>
internal sealed class CmdletOperationContext(MlCmdletBase cmdlet) : IMlOperationContext
{
    /// <summary>Progress bars are redrawn at most four times a second.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, (int Id, long LastShown)> _activities = [];
    private readonly object _activitiesLock = new();

    public bool IsWhatIf => cmdlet.IsWhatIf;

    public void Verbose(string message) => cmdlet.Post(() => cmdlet.WriteVerbose(message));

    public void Debug(string message) => cmdlet.Post(() => cmdlet.WriteDebug(message));

    public void Warning(string message) => cmdlet.Post(() => cmdlet.WriteWarning(message));

    public void Information(string message) => cmdlet.Post(() => cmdlet.WriteInformation(message, ["MlflowRollout"]));

    public void Progress(MlProgress progress)
    {
        int id;
        lock (_activitiesLock)
        {
            bool known = _activities.TryGetValue(progress.ActivityKey, out (int Id, long LastShown) activity);
            long now = TimeProvider.System.GetTimestamp();
            if (known && !progress.IsCompleted && TimeProvider.System.GetElapsedTime(activity.LastShown, now) < ProgressInterval)
            {
                return;
            }

            id = known ? activity.Id : HashCode.Combine(cmdlet.GetHashCode(), progress.ActivityKey) & int.MaxValue;
            _activities[progress.ActivityKey] = (id, now);
            if (progress.IsCompleted)
            {
                _activities.Remove(progress.ActivityKey);
            }
        }

        cmdlet.Post(() => cmdlet.WriteProgress(new ProgressRecord(id, progress.Activity, progress.Status)
        {
            PercentComplete = progress.PercentComplete ?? -1,
            RecordType = progress.IsCompleted ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        }));
    }

    public async ValueTask<bool> ConfirmAsync(string target, string action, MlQuestion? question = null) =>
        await cmdlet.ConfirmAsync(target, action, question).ConfigureAwait(false);
}
