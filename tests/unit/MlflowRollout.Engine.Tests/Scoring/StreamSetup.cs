using MlflowRollout.Engine.Scoring;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>Clients and streams over a scripted service, and the loop that a cmdlet runs.</summary>
internal static class StreamSetup
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static MlModelSignature Signature { get; } = new()
    {
        Inputs = [new MlColumn { Name = "id", Type = MlColumnType.Long }, new MlColumn { Name = "kind", Type = MlColumnType.String, Required = false }],
    };

    public static ScoringTransport Transport(HttpMessageHandler service, TimeProvider time, IScoringSource? source = null, string? deployment = null) => new(
        new ScoringTarget("heart", new Uri("https://heart.example.test/score"), new Uri("https://heart.example.test/swagger.json"), deployment),
        () => service,
        source ?? new FixedScoringSource("secret-key"),
        time);

    public static RowStream Open(
        HttpMessageHandler service, TimeProvider time, int batchSize = 10, int? throttle = 4, bool unordered = false, double? rate = null, IScoringSource? source = null) => new(
        Transport(service, time, source),
        new MlRowStreamOptions { Signature = Signature, BatchSize = batchSize, ThrottleLimit = throttle, Unordered = unordered, RateLimit = rate },
        new Random(1));

    public static MlRow Row(long id, object? value = null) => new(id, "input " + id, [value ?? id, "k"]);

    /// <summary>Adds all rows and takes all results, as a cmdlet does.</summary>
    public static List<MlPrediction> Run(RowStream stream, IEnumerable<MlRow> rows)
    {
        using CancellationTokenSource patience = new(Patience);
        List<MlPrediction> results = [];
        foreach (MlRow row in rows)
        {
            while (!stream.TryAdd(row))
            {
                stream.Wait(patience.Token);
                Drain(stream, results);
            }

            Drain(stream, results);
        }

        stream.Complete();
        while (!stream.IsFinished)
        {
            stream.Wait(patience.Token);
            Drain(stream, results);
        }

        return results;
    }

    public static void Drain(RowStream stream, List<MlPrediction> results)
    {
        while (stream.TryTake(out MlPrediction? prediction))
        {
            results.Add(prediction);
        }
    }

    /// <summary>Doubles the first column of every row.</summary>
    public static HttpResponseMessage Double(ScriptedRequest request) =>
        ScriptedService.Json("[" + string.Join(",", request.FirstColumn().Select(value => value * 2)) + "]");
}
