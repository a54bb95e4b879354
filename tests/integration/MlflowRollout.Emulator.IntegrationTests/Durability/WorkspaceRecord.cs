namespace MlflowRollout.Emulator.IntegrationTests.Durability;

/// <summary>
/// What a workspace must hold: one line a resource. A change whose answer never came leaves a second record, since it may or may not have been
/// taken on; nothing in between is allowed.
/// </summary>
internal sealed class WorkspaceRecord
{
    private SortedDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private SortedDictionary<string, string>? _unanswered;

    /// <summary>The keys of resources that were acknowledged.</summary>
    public IEnumerable<string> Keys => _acknowledged.Keys;

    /// <summary>What a resource was last acknowledged as, or null.</summary>
    public string? this[string key] => _acknowledged.GetValueOrDefault(key);

    /// <summary>A change is being sent.</summary>
    public void Begin(Action<IDictionary<string, string>> change)
    {
        _unanswered = new SortedDictionary<string, string>(_acknowledged, StringComparer.Ordinal);
        change(_unanswered);
    }

    /// <summary>The change that was sent last is acknowledged.</summary>
    public void Acknowledge()
    {
        _acknowledged = _unanswered ?? throw new InvalidOperationException("Nothing was sent.");
        _unanswered = null;
    }

    /// <summary>Takes over what is there where it is one of what it may be; says what is wrong otherwise.</summary>
    public string? Accept(SortedDictionary<string, string> found)
    {
        bool matches = found.SequenceEqual(_acknowledged) || (_unanswered is not null && found.SequenceEqual(_unanswered));
        if (!matches)
        {
            return $"acknowledged:\n{Describe(_acknowledged)}\nwith the change that was not answered:\n{(_unanswered is null ? "(none)" : Describe(_unanswered))}\nfound:\n{Describe(found)}";
        }

        _acknowledged = found;
        _unanswered = null;
        return null;
    }

    private static string Describe(SortedDictionary<string, string> entries) => string.Join('\n', entries.Select(entry => $"  {entry.Key} = {entry.Value}"));
}
