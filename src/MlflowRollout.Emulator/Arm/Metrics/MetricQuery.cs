using System.Globalization;
using System.Xml;

namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>One question for metrics, checked.</summary>
/// <param name="Interval">Null for one point over the whole span.</param>
/// <param name="MetadataOnly">The series are asked for, not their points.</param>
internal sealed record MetricQuery(
    IReadOnlyList<MetricDefinition> Metrics,
    DateTimeOffset Start,
    DateTimeOffset End,
    TimeSpan? Interval,
    MetricFilter Filter,
    IReadOnlyList<string> RollUp,
    int Top,
    bool? Descending,
    bool MetadataOnly)
{
    private const int LargestMetricCount = 20;
    private const int DefaultTop = 10;
    private const int LargestPointCount = 50_000;

    private static readonly string[] Aggregations = ["Average", "Minimum", "Maximum", "Total", "Count"];

    public static readonly IReadOnlyList<TimeSpan> Grains =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
    ];

    public static MetricQuery Parse(ArmRequest request, MetricScope scope, DateTimeOffset now)
    {
        if (request.Query("metricnamespace") is { Length: > 0 } named && !named.Equals(scope.Namespace, StringComparison.OrdinalIgnoreCase))
        {
            throw MetricErrors.BadRequest($"The metric namespace '{named}' is not found. Metrics of this resource are in {scope.Namespace}.");
        }

        IReadOnlyList<MetricDefinition> metrics = Names(request, scope);
        CheckAggregations(request, metrics);
        (DateTimeOffset start, DateTimeOffset end) = Span(request, now);
        TimeSpan? interval = Grain(request);
        if (interval is { } grain && (end - start) / grain > LargestPointCount)
        {
            throw MetricErrors.BadRequest($"The timespan {request.Query("timespan")} has too many points of {XmlConvert.ToString(grain)}. Ask for a shorter one or a longer interval.");
        }

        string? text = request.Query("$filter");
        MetricFilter filter = MetricFilter.Parse(text);
        bool validates = request.QueryFlag("ValidateDimensions") ?? true;
        IReadOnlyList<string> rollUp = (request.Query("rollupby") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (MetricDefinition metric in validates ? metrics : [])
        {
            string[] asked = [.. filter.Dimensions.Concat(rollUp).Distinct(StringComparer.OrdinalIgnoreCase)];
            if (asked.Except(metric.Dimensions, StringComparer.OrdinalIgnoreCase).Any())
            {
                throw MetricErrors.UnknownDimensions(metric, asked);
            }
        }

        int? top = Largest(request, text);
        return new MetricQuery(metrics, start, end, interval, filter, rollUp, top ?? DefaultTop, Order(request, text), ResultType(request));
    }

    private static IReadOnlyList<MetricDefinition> Names(ArmRequest request, MetricScope scope)
    {
        string[] names = (request.Query("metricnames") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > LargestMetricCount)
        {
            throw MetricErrors.BadRequest(
                $"The request asks for {names.Length.ToString(CultureInfo.InvariantCulture)} metrics; at most {LargestMetricCount.ToString(CultureInfo.InvariantCulture)} can be asked for at once.");
        }

        if (names.Length > 0)
        {
            return [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(scope.Find)];
        }

        return scope.Definitions.Count > 0 ? [scope.Definitions[0]] : throw ArmErrors.NotSupported($"Each metric of {scope.ResourceType}", "Ask for those of the endpoint.");
    }

    private static void CheckAggregations(ArmRequest request, IReadOnlyList<MetricDefinition> metrics)
    {
        foreach (string asked in (request.Query("aggregation") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Aggregations.Contains(asked, StringComparer.OrdinalIgnoreCase))
            {
                throw MetricErrors.BadRequest($"The aggregation '{asked}' is invalid. Valid ones are {string.Join(',', Aggregations)}.");
            }

            if (!asked.Equals(MetricDefinition.Aggregation, StringComparison.OrdinalIgnoreCase))
            {
                throw MetricErrors.BadRequest($"Metric: {metrics[0].Name} does not support the aggregation {asked}, supported ones are: {MetricDefinition.Aggregation}.");
            }
        }
    }

    /// <summary>The last hour where none is asked for. A start within a minute is that minute's.</summary>
    private static (DateTimeOffset Start, DateTimeOffset End) Span(ArmRequest request, DateTimeOffset now)
    {
        string? text = request.Query("timespan");
        if (string.IsNullOrWhiteSpace(text))
        {
            return (Floor(now.AddHours(-1)), now);
        }

        string[] parts = text.Split('/');
        if (parts.Length == 2 && TryTime(parts[0], out DateTimeOffset start) && TryTime(parts[1], out DateTimeOffset end))
        {
            return start < end
                ? (Floor(start), end)
                : throw MetricErrors.BadRequest($"The timespan '{text}' is invalid: its start must be before its end.");
        }

        throw MetricErrors.BadRequest($"The timespan '{text}' is invalid. It must be 'start/end' in ISO 8601, such as 2026-08-01T10:00:00Z/2026-08-01T10:30:00Z.");
    }

    private static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private static TimeSpan? Grain(ArmRequest request)
    {
        string? text = request.Query("interval");
        if (string.IsNullOrWhiteSpace(text))
        {
            return TimeSpan.FromMinutes(1);
        }

        if (text.Equals("FULL", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        TimeSpan? asked = null;
        try
        {
            asked = XmlConvert.ToTimeSpan(text);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // Refused below, as any other that is not supported.
        }

        if (asked is { } grain && Grains.Contains(grain))
        {
            return grain;
        }

        if (asked is { } other && request.QueryFlag("AutoAdjustTimegrain") == true)
        {
            return Grains.FirstOrDefault(candidate => candidate >= other, Grains[^1]);
        }

        throw MetricErrors.BadRequest($"Invalid time grain duration: {text}, supported ones are: {string.Join(',', Grains.Select(one => one.ToString("c", CultureInfo.InvariantCulture)))}");
    }

    private static int? Largest(ArmRequest request, string? filter)
    {
        string? text = request.Query("top") ?? request.Query("$top");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        RequireFilter("top", filter);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int top) && top > 0
            ? top
            : throw MetricErrors.BadRequest($"The parameter top must be a whole number above 0, not '{text}'.");
    }

    private static bool? Order(ArmRequest request, string? filter)
    {
        string? text = request.Query("orderby") ?? request.Query("$orderby");
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        RequireFilter("orderby", filter);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 1 or 2 && words[0].Equals(MetricDefinition.Aggregation, StringComparison.OrdinalIgnoreCase))
        {
            string direction = words.Length == 2 ? words[1].ToUpperInvariant() : "ASC";
            if (direction is "ASC" or "DESC")
            {
                return direction == "DESC";
            }
        }

        throw MetricErrors.BadRequest($"The parameter orderby must be an aggregation of the metrics and asc or desc, such as 'average desc', not '{text}'.");
    }

    private static bool ResultType(ArmRequest request) => request.Query("resultType")?.ToUpperInvariant() switch
    {
        null or "" or "DATA" => false,
        "METADATA" => true,
        _ => throw MetricErrors.BadRequest($"The parameter resultType must be Data or Metadata, not '{request.Query("resultType")}'."),
    };

    private static void RequireFilter(string parameter, string? filter)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            throw MetricErrors.BadRequest($"The parameter {parameter} is valid only together with $filter.");
        }
    }
}
