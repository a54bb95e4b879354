using System.Net;
using System.Text;
using System.Text.Json;

namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>Stands for an endpoint: answers requests by a script.</summary>
internal sealed class ScriptedService(Func<ScriptedRequest, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private int _count;
    private int _underWay;
    private int _mostUnderWay;

    public ScriptedService(Func<ScriptedRequest, HttpResponseMessage> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    public int Count => _count;

    public int UnderWay => Volatile.Read(ref _underWay);

    public int MostUnderWay => _mostUnderWay;

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK, string? deployment = "blue")
    {
        HttpResponseMessage response = new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        response.Headers.Add("x-request-id", "request-1");
        if (deployment is not null)
        {
            response.Headers.Add("azureml-model-deployment", deployment);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _count);
        int underWay = Interlocked.Increment(ref _underWay);
        InterlockedMax(ref _mostUnderWay, underWay);
        try
        {
            string body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
            return await answer(new ScriptedRequest(number, request, body), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = target;
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}

/// <summary>A request as the service sees it.</summary>
internal sealed record ScriptedRequest(int Number, HttpRequestMessage Message, string Body)
{
    public string? Header(string name) => Message.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    /// <summary>The first column of each row.</summary>
    public long[] FirstColumn()
    {
        using JsonDocument document = JsonDocument.Parse(Body);
        JsonElement input = document.RootElement.GetProperty("input_data");
        long[] values = [.. input.GetProperty("data").EnumerateArray().Select(row => row[0].GetInt64())];
        if (input.GetProperty("index").GetArrayLength() != values.Length)
        {
            throw new InvalidOperationException("index and data differ in length");
        }

        return values;
    }
}
