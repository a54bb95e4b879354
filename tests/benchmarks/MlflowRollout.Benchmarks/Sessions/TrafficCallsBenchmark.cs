using System.Collections.Concurrent;
using System.Diagnostics;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Measuring;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>Counts the requests of one change of traffic, as the process sends them.</summary>
internal sealed class TrafficCallsBenchmark : IBenchmark
{
    public string Key => "traffic";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        await using ServedEmulator served = await ServedEmulator.StartAsync();
        served.Serve("traffic", deployments: 2);
        using RequestLog log = new();
        served.Session.Invoke("Set-MlTraffic @{ 'blue-0' = 90; 'blue-1' = 10 } -Endpoint $endpoint").AssertSucceeded();
        string[] calls = [.. log.Requests];
        string[] reads = [.. calls.Where(static call => call.StartsWith("GET ", StringComparison.Ordinal) && !IsPoll(call))];
        bool expected = reads.Length == 2 && calls.Count(static call => call.StartsWith("PUT ", StringComparison.Ordinal)) == 1
            && calls.All(call => reads.Contains(call) || IsPoll(call) || call.StartsWith("PUT ", StringComparison.Ordinal));
        return [new("ARM calls of one traffic change", "one GET, one PUT, the polls, one verifying GET", string.Join(", ", calls.Select(Kind)), expected, calls)];
    }

    private static bool IsPoll(string call) => call.Contains("/mfeOperation", StringComparison.OrdinalIgnoreCase);

    private static string Kind(string call) => IsPoll(call) ? "poll" : call.Split(' ')[0];

    /// <summary>Method and path of every request that this process sends.</summary>
    private sealed class RequestLog : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private const string Provider = "/Microsoft.MachineLearningServices";
        private readonly List<IDisposable> _subscriptions = [];
        private readonly ConcurrentQueue<string> _requests = new();

        public RequestLog() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public IEnumerable<string> Requests => _requests;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "HttpHandlerDiagnosticListener")
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "System.Net.Http.HttpRequestOut.Start" && value.Value?.GetType().GetProperty("Request")?.GetValue(value.Value) is HttpRequestMessage request)
            {
                string path = request.RequestUri!.AbsolutePath;
                int provider = Math.Max(0, path.IndexOf(Provider, StringComparison.OrdinalIgnoreCase));
                _requests.Enqueue($"{request.Method} {path[provider..]}");
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(static subscription => subscription.Dispose());
    }
}
