using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;

namespace MlflowRollout.Emulator.Faults;

/// <summary>The faults that are set now. They live in memory: a restart clears them.</summary>
internal sealed class FaultBoard
{
    private volatile FaultRule[] _rules = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<FaultRule> Rules => _rules;

    /// <summary>Completes at the next change of the rules.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public void Replace(IEnumerable<FaultRule> rules)
    {
        _rules = [.. rules];
        TaskCompletionSource before = Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        before.SetResult();
    }

    /// <summary>The faults that this request meets.</summary>
    public IReadOnlyList<FaultRule> Strike(string plane, string method, string path)
    {
        FaultRule[] rules = _rules;
        if (rules.Length == 0)
        {
            return [];
        }

        return [.. rules.Where(rule => rule.Kind != FaultKind.HideAfterCreate && rule.Strikes(plane, method, path))];
    }

    /// <summary>For how long after its creation a resource at this path is hidden.</summary>
    public TimeSpan HiddenAfterCreate(string path)
    {
        FaultRule? rule = Array.Find(_rules, rule => rule.Kind == FaultKind.HideAfterCreate && rule.Matches("arm", "GET", path));
        return rule?.Delay ?? TimeSpan.Zero;
    }

    /// <summary>What an operation that starts now is to suffer, as it is stored with it; null for nothing.</summary>
    public static string? ForOperation(HttpContext http)
    {
        if (http.Items[typeof(FaultBoard)] is not IReadOnlyList<FaultRule> struck)
        {
            return null;
        }

        FaultRule? rule = struck.FirstOrDefault(rule => rule.Kind is FaultKind.StuckOperation or FaultKind.FailOperation);
        return rule is null
            ? null
            : new JsonObject { ["id"] = rule.Id, ["kind"] = rule.Kind.ToString(), ["code"] = rule.Code, ["message"] = rule.Message, ["seconds"] = rule.Delay.TotalSeconds }.ToJsonString(ArmJson.Compact);
    }
}
