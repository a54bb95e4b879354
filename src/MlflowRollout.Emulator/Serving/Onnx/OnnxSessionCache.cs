using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>Sessions by content: deployments and updates of the same model share one, since a session may run many requests at once.</summary>
internal sealed class OnnxSessionCache : IDisposable
{
    private readonly object _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Loads the native library, so that the first deployment need not wait for it. Where it does not load, that deployment says why.</summary>
    public static void WarmUp()
    {
        try
        {
            _ = OrtEnv.Instance();
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or OnnxRuntimeException)
        {
            Console.Error.WriteLine($"ONNX Runtime does not load here: {(exception.InnerException ?? exception).Message}");
        }
    }

    /// <summary>A session for the file, to be disposed by the caller when no longer used.</summary>
    public Lease Open(string path)
    {
        // Weights may lie beside the file, so the folder is part of what makes two sessions the same.
        string key;
        using (var file = File.OpenRead(path))
        {
            key = $"{Path.GetFullPath(path)}|{Convert.ToHexString(SHA256.HashData(file))}";
        }

        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                entry = new Entry(Create(path));
                _entries.Add(key, entry);
            }

            entry.Users++;
            return new Lease(this, key, entry.Session);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values)
            {
                entry.Session.Dispose();
            }

            _entries.Clear();
        }
    }

    private static InferenceSession Create(string path)
    {
        using var options = new SessionOptions
        {
            // A request is one small run: threads inside it would only wait for each other.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(path, options);
    }

    private void Close(string key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && --entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Session.Dispose();
            }
        }
    }

    /// <summary>One user of a session.</summary>
    internal sealed class Lease(OnnxSessionCache cache, string key, InferenceSession session) : IDisposable
    {
        private int _closed;

        public InferenceSession Session { get; } = session;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                cache.Close(key);
            }
        }
    }

    private sealed class Entry(InferenceSession session)
    {
        public InferenceSession Session { get; } = session;

        public int Users { get; set; }
    }
}
