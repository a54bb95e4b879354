using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Net.Http.Headers;
using System.Text.Json;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Rows;

/// <summary>
/// What a competent program for this one model would do: for each batch read the rows' properties, write the body, post it, parse the answer, make
/// one result object a row; a fixed number of batches at a time.
/// </summary>
internal sealed class HandWrittenLoop : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly (string Name, char Type)[] Columns =
    [
        ("age", 'l'), ("sex", 'l'), ("cp", 'l'), ("trestbps", 'l'), ("chol", 'l'), ("fbs", 'l'), ("restecg", 'l'), ("thalach", 'l'), ("exang", 'l'),
        ("oldpeak", 'd'), ("slope", 'l'), ("ca", 'l'), ("thal", 's'),
    ];

    private readonly HttpClient _http;
    private readonly Uri _uri;

    public HandWrittenLoop(EmulatorProcess emulator, LoadTarget target)
    {
        _http = emulator.CreateHttpClient(authorized: false);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", target.Key);
        _uri = target.Uri;
    }

    public async Task<ScoredRow[]> RunAsync(PSObject[] rows, int batch, int parallel)
    {
        ScoredRow[] results = new ScoredRow[rows.Length];
        int batches = (rows.Length + batch - 1) / batch;
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
        {
            ArrayBufferWriter<byte> buffer = new(64 * 1024);
            await using Utf8JsonWriter writer = new(buffer);
            for (int i = Interlocked.Increment(ref next); i < batches; i = Interlocked.Increment(ref next))
            {
                int first = i * batch;
                await SendAsync(rows, results, first, Math.Min(batch, rows.Length - first), buffer, writer);
            }
        })));
        return results;
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(PSObject[] rows, ScoredRow[] results, int first, int count, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        Write(writer, rows.AsSpan(first, count));
        using HttpRequestMessage request = new(HttpMethod.Post, _uri) { Content = new ReadOnlyMemoryContent(buffer.WrittenMemory) };
        request.Content.Headers.ContentType = Json;
        long started = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        TimeSpan latency = Stopwatch.GetElapsedTime(started);
        string? deployment = response.Headers.TryGetValues("azureml-model-deployment", out IEnumerable<string>? names) ? names.First() : null;
        string? requestId = response.Headers.TryGetValues("X-Request-ID", out IEnumerable<string>? ids) ? ids.First() : null;
        Read(body, rows, results, first, deployment, requestId, latency);
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<PSObject> rows)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("input_data"u8);
        writer.WriteStartArray("columns"u8);
        foreach ((string name, _) in Columns)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("index"u8);
        for (int i = 0; i < rows.Length; i++)
        {
            writer.WriteNumberValue(i);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data"u8);
        foreach (PSObject row in rows)
        {
            writer.WriteStartArray();
            foreach ((string name, char type) in Columns)
            {
                string text = (string)row.Properties[name].Value;
                switch (type)
                {
                    case 'l':
                        writer.WriteNumberValue(long.Parse(text, CultureInfo.InvariantCulture));
                        break;
                    case 'd':
                        writer.WriteNumberValue(double.Parse(text, CultureInfo.InvariantCulture));
                        break;
                    default:
                        writer.WriteStringValue(text);
                        break;
                }
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void Read(byte[] body, PSObject[] rows, ScoredRow[] results, int first, string? deployment, string? requestId, TimeSpan latency)
    {
        Utf8JsonReader reader = new(body);
        reader.Read();
        for (int i = first; reader.Read() && reader.TokenType == JsonTokenType.Number; i++)
        {
            results[i] = new ScoredRow
            {
                Index = i,
                Prediction = reader.GetInt64(),
                Deployment = deployment,
                RequestId = requestId,
                RequestLatency = latency,
                Input = rows[i],
            };
        }
    }
}
