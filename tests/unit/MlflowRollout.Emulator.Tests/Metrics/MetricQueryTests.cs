using Microsoft.AspNetCore.Http;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Metrics;
using MlflowRollout.Emulator.Metrics;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Metrics;

/// <summary>Questions for metrics as they come in a query string, answered from counters with known times.</summary>
public sealed class MetricQueryTests
{
    private const string Span = "timespan=2026-11-23T10:00:00Z/2026-11-23T10:10:00Z";
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Requests_WithoutAFilter_AreSummedOverDimensionsByMinute()
    {
        MetricSeries series = Assert.Single(Ask($"metricnames=RequestsPerMinute&{Span}"));

        Assert.Empty(series.Dimensions);
        Assert.Equal(10, series.Points.Count);
        Assert.Equal((Start, 5.0), series.Points[0]);
        Assert.Equal((Start.AddMinutes(1), 1.0), series.Points[1]);
        Assert.All(series.Points.Skip(2), point => Assert.Null(point.Value));
    }

    [Fact]
    public void Requests_ByStatusClassOfOneDeployment_AreOneLineEach()
    {
        IReadOnlyList<MetricSeries> series = Ask($"metricnames=requestsperminute&{Span}&$filter=deployment eq 'GREEN' and statusCodeClass eq '*'");

        Assert.Equal(["deployment=green,statusCodeClass=2xx", "deployment=green,statusCodeClass=4xx"], series.Select(Names));
        Assert.Equal([2.0, 1.0], series.Select(line => line.Points[0].Value));
    }

    [Theory]
    [InlineData("deployment eq 'blue' or deployment eq 'green'", "deployment=blue;deployment=green")]
    [InlineData("(deployment eq 'blue' or deployment eq 'green') and statusCode eq '200'", "deployment=blue,statusCode=200;deployment=green,statusCode=200")]
    [InlineData("statusCode eq '200' and deployment eq 'green' or deployment eq 'blue'", "statusCode=200,deployment=blue;statusCode=200,deployment=green")]
    [InlineData("modelStatusCode eq '500'", "modelStatusCode=500")]
    [InlineData("deployment eq 'it''s'", "")]
    public void Filter_PicksAndSplits(string filter, string expected)
    {
        Assert.Equal(expected, string.Join(';', Ask($"metricnames=RequestsPerMinute&{Span}&$filter={filter}").Select(Names)));
    }

    [Theory]
    [InlineData("deployment eq 'a' or statusCode eq '200'", "'deployment' and 'statusCode'")]
    [InlineData("deployment eq green", "a value in single quotes")]
    [InlineData("deployment ne 'green'", "'eq'")]
    [InlineData("deployment eq 'green", "a closing quote")]
    [InlineData("deployment eq 'a' and deployment eq 'b'", "twice")]
    [InlineData("(deployment eq 'a'", "')'")]
    [InlineData("deployment eq 'a' statusCode eq '1'", "'and', 'or' or its end")]
    [InlineData("region eq '*'", "does not support requested dimension combination: region, supported ones are: deployment,statusCode,statusCodeClass,modelStatusCode")]
    public void Filter_Wrong_IsRefusedByName(string filter, string message)
    {
        ArmException refusal = Assert.Throws<ArmException>(() => Ask($"metricnames=RequestsPerMinute&{Span}&$filter={filter}"));

        Assert.Equal((400, "BadRequest"), (refusal.Status, refusal.Code));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Latency_OfADimensionThatItHasNot_IsRefusedUnlessDimensionsAreNotValidated()
    {
        string query = $"metricnames=RequestLatency&{Span}&$filter=statusCodeClass eq '2xx'";

        Assert.Contains("RequestLatency does not support", Assert.Throws<ArmException>(() => Ask(query)).Message, StringComparison.Ordinal);
        Assert.Equal(string.Empty, Names(Assert.Single(Ask($"{query}&ValidateDimensions=false"))));
    }

    [Fact]
    public void Interval_OfFiveMinutes_AveragesMinutesAndWeighsLatenciesByRequest()
    {
        MetricSeries requests = Assert.Single(Ask($"metricnames=RequestsPerMinute&{Span}&interval=PT5M"));
        MetricSeries latency = Assert.Single(Ask($"metricnames=RequestLatency&{Span}&interval=PT5M&$filter=deployment eq 'blue'"));

        Assert.Equal([(Start, 3.0), (Start.AddMinutes(5), null)], requests.Points.Select(point => (point.Time, point.Value)));
        Assert.Equal((10 + 20 + 90) / 3.0, latency.Points[0].Value!.Value, 6);
    }

    [Fact]
    public void Interval_Full_IsOnePoint()
    {
        MetricSeries series = Assert.Single(Ask($"metricnames=RequestsPerMinute&{Span}&interval=FULL"));

        Assert.Equal([(Start, (double?)3.0)], series.Points);
    }

    [Fact]
    public void RollUp_DropsADimensionButKeepsItsFilter()
    {
        MetricSeries series = Assert.Single(Ask($"metricnames=RequestsPerMinute&{Span}&$filter=statusCodeClass eq '2xx' and deployment eq '*'&rollupby=statusCodeClass,deployment"));

        Assert.Empty(series.Dimensions);
        Assert.Equal(4.0, series.Points[0].Value);
    }

    [Fact]
    public void TopAndOrder_GiveTheLargest()
    {
        MetricSeries series = Assert.Single(Ask($"metricnames=RequestsPerMinute&{Span}&$filter=deployment eq '*'&top=1&orderby=average desc"));
        MetricSeries least = Ask($"metricnames=RequestsPerMinute&{Span}&$filter=deployment eq '*'&orderby=average asc")[0];

        Assert.Equal("deployment=green", Names(series));
        Assert.Equal("deployment=blue", Names(least));
    }

    [Fact]
    public void ResultType_Metadata_HasLinesWithoutPoints()
    {
        IReadOnlyList<MetricSeries> series = Ask($"metricnames=RequestsPerMinute&{Span}&$filter=deployment eq '*'&resultType=Metadata");

        Assert.Equal(["deployment=blue", "deployment=green"], series.Select(Names));
        Assert.All(series, line => Assert.Empty(line.Points));
    }

    [Fact]
    public void Span_WithoutTraffic_HasNoLine()
    {
        Assert.Empty(Ask("metricnames=RequestsPerMinute&timespan=2026-11-23T09:00:00Z/2026-11-23T10:00:00Z"));
    }

    [Theory]
    [InlineData("metricnames=RequestPerMinute", "metric: RequestPerMinute, Valid metrics: RequestsPerMinute,RequestLatency,RequestLatency_P50")]
    [InlineData("metricnames=RequestLatency&aggregation=Total", "RequestLatency does not support the aggregation Total")]
    [InlineData("metricnames=RequestLatency&aggregation=Mean", "'Mean'")]
    [InlineData("metricnames=RequestLatency&interval=PT10M", "Invalid time grain duration: PT10M, supported ones are: 00:01:00,00:05:00")]
    [InlineData("metricnames=RequestLatency&interval=often", "often")]
    [InlineData("metricnames=RequestLatency&timespan=PT1H", "'PT1H'")]
    [InlineData("metricnames=RequestLatency&timespan=2026-11-23T10:00:00Z/2026-11-23T09:00:00Z", "before its end")]
    [InlineData("metricnames=RequestLatency&timespan=2020-11-23T10:00:00Z/2026-11-23T09:00:00Z", "too many points")]
    [InlineData("metricnames=RequestLatency&top=3", "$filter")]
    [InlineData("metricnames=RequestLatency&orderby=average desc", "$filter")]
    [InlineData("metricnames=RequestLatency&$filter=deployment eq '*'&orderby=total desc", "orderby")]
    [InlineData("metricnames=RequestLatency&metricnamespace=Microsoft.Web/sites", "'Microsoft.Web/sites'")]
    [InlineData("metricnames=RequestLatency&resultType=Everything", "'Everything'")]
    [InlineData("metricnames=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", "at most 20")]
    public void Query_Wrong_IsRefusedByName(string query, string message)
    {
        ArmException refusal = Assert.Throws<ArmException>(() => Ask(query));

        Assert.Equal((400, "BadRequest", true), (refusal.Status, refusal.Code, refusal.IsBare));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metric_ThatTheEmulatorDoesNotMeasure_SaysSo()
    {
        ArmException refusal = Assert.Throws<ArmException>(() => Ask("metricnames=NetworkBytes"));

        Assert.Equal((501, "EmulatorNotSupported"), (refusal.Status, refusal.Code));
        Assert.Contains("NetworkBytes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "00:00:00", 9)]
    [InlineData("realistic", "00:10:00", 6)]
    [InlineData("30s", "00:10:00", 8)]
    [InlineData("30s", "00:10:30", 9)]
    [InlineData("PT1H", "00:10:00", -1)]
    public void Delay_HidesMinutesThatAreYoung(string text, string now, int lastMinute)
    {
        MetricsStore store = new();
        for (int minute = 0; minute < 10; minute++)
        {
            Record(store, "blue", minute, 200, 200, 1);
        }

        Assert.True(MetricDelay.TryParse(text, out MetricDelay? delay));
        DateTimeOffset until = delay.VisibleUntil(Start.AddMinutes(10), Start + TimeSpan.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(lastMinute + 1, store.Read("heart", Start, until).Count);
    }

    private static string Names(MetricSeries series) => string.Join(',', series.Dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}"));

    private static IReadOnlyList<MetricSeries> Ask(string query)
    {
        MetricsStore store = new();
        Record(store, "blue", 0, 200, 200, 10);
        Record(store, "blue", 0, 200, 200, 20);
        Record(store, "blue", 1, 200, 200, 90);
        Record(store, "green", 0, 200, 200, 30);
        Record(store, "green", 0, 200, 200, 30);
        Record(store, "green", 0, 424, 500, 30);
        DefaultHttpContext http = new();
        http.Request.QueryString = new QueryString("?" + query.Replace(" ", "%20", StringComparison.Ordinal));
        MetricQuery parsed = MetricQuery.Parse(new ArmRequest(http, new Dictionary<string, string>(), "2018-01-01"), MetricScope.OfEndpoints, Start.AddMinutes(30));
        return MetricSeries.Of(parsed.Metrics[0], parsed, store.Read("heart", parsed.Start, parsed.End).SelectMany(parsed.Metrics[0].Samples));
    }

    private static void Record(MetricsStore store, string deployment, int minute, int status, int modelStatus, int milliseconds) =>
        store.Of("heart", deployment).Record(Start.AddMinutes(minute).AddSeconds(7), status, modelStatus, TimeSpan.FromMilliseconds(milliseconds));
}
