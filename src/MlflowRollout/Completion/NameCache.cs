using System.Collections.Concurrent;

namespace MlflowRollout.Completion;

/// <summary>
/// Names for completion. A key press must not wait for a slow service: after the deadline what was known before is given, and the answer, when it comes,
/// serves the next key press.
/// </summary>
/// <param name="clock">Measures how old an answer is.</param>
internal sealed class NameCache(TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a key press may wait.</summary>
    internal TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The one of the process; its keys begin with the connection's id.</summary>
    internal static NameCache Shared { get; } = new(TimeProvider.System);

    /// <summary>The names under a key. Never throws; empty when nothing is known yet.</summary>
    /// <param name="key">What they are of.</param>
    /// <param name="fetch">Asks the service.</param>
    internal IReadOnlyList<(string Name, string Tooltip)> Get(string key, Func<CancellationToken, IAsyncEnumerable<(string Name, string Tooltip)>> fetch)
    {
        Entry entry = _entries.GetOrAdd(key, static _ => new Entry());
        if (entry.Refresh(clock, fetch) is { } running)
        {
            // The task ends by filling the entry and never fails.
            ((IAsyncResult)running).AsyncWaitHandle.WaitOne(Deadline);
        }

        return entry.Names;
    }

    private sealed class Entry
    {
        private readonly object _lock = new();
        private Task? _fetch;
        private long? _fetchedAt;
        private volatile IReadOnlyList<(string Name, string Tooltip)> _names = [];

        internal IReadOnlyList<(string Name, string Tooltip)> Names => _names;

        /// <summary>The fetch to wait for; null when what is known is fresh.</summary>
        internal Task? Refresh(TimeProvider clock, Func<CancellationToken, IAsyncEnumerable<(string Name, string Tooltip)>> fetch)
        {
            lock (_lock)
            {
                if (_fetch is { IsCompleted: false })
                {
                    return _fetch;
                }

                return _fetchedAt is { } at && clock.GetElapsedTime(at) < Freshness
                    ? null
                    : _fetch = Task.Run(() => FetchAsync(clock, fetch));
            }
        }

        private async Task FetchAsync(TimeProvider clock, Func<CancellationToken, IAsyncEnumerable<(string Name, string Tooltip)>> fetch)
        {
            try
            {
                using var limit = new CancellationTokenSource(FetchLimit);
                var names = new List<(string Name, string Tooltip)>();
                await foreach ((string Name, string Tooltip) name in fetch(limit.Token).WithCancellation(limit.Token).ConfigureAwait(false))
                {
                    names.Add(name);
                }

                _names = names;
                lock (_lock)
                {
                    _fetchedAt = clock.GetTimestamp();
                }
            }
            catch (Exception)
            {
                // A completion that cannot be had is no error; the command itself will say what is wrong.
            }
        }
    }
}
