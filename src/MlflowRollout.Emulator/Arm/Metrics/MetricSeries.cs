namespace MlflowRollout.Emulator.Arm.Metrics;

/// <summary>One line of a metric: a combination of the dimensions that were asked for, with a value for each time that has one.</summary>
/// <param name="Dimensions">Names and values, without those that were rolled up.</param>
/// <param name="Points">Starts of the intervals of the span; null where nothing was counted.</param>
/// <param name="Whole">The value over the whole span, which orders the lines.</param>
internal sealed record MetricSeries(IReadOnlyList<(string Name, string Value)> Dimensions, IReadOnlyList<(DateTimeOffset Time, double? Value)> Points, double Whole)
{
    /// <summary>The lines of a metric in the order of the query, at most as many as it asks for.</summary>
    public static IReadOnlyList<MetricSeries> Of(MetricDefinition metric, MetricQuery query, IEnumerable<MetricSample> samples)
    {
        int[] split =
        [
            .. query.Filter.Dimensions
                .Where(name => !query.RollUp.Contains(name, StringComparer.OrdinalIgnoreCase))
                .Select(name => IndexOf(metric.Dimensions, name))
                .Where(index => index >= 0),
        ];
        IEnumerable<MetricSeries> lines = samples
            .Where(sample => Passes(metric, query.Filter, sample))
            .GroupBy(sample => string.Join('\u001f', split.Select(index => sample.Dimensions[index])), StringComparer.OrdinalIgnoreCase)
            .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(group => Line(metric, query, split, [.. group]));
        lines = query.Descending switch
        {
            null => lines,
            true => lines.OrderByDescending(line => line.Whole),
            false => lines.OrderBy(line => line.Whole),
        };
        return [.. lines.Take(query.Top)];
    }

    private static MetricSeries Line(MetricDefinition metric, MetricQuery query, int[] split, List<MetricSample> samples)
    {
        TimeSpan interval = query.Interval ?? query.End - query.Start;
        Dictionary<long, double> values = samples
            .GroupBy(sample => (sample.Minute - query.Start).Ticks / interval.Ticks)
            .ToDictionary(point => point.Key, point => Combine(metric, point));
        List<(DateTimeOffset, double?)> points = [];
        for (long index = 0; query.Start + (index * interval) < query.End; index++)
        {
            points.Add((query.Start + (index * interval), values.TryGetValue(index, out double value) ? value : null));
        }

        return new MetricSeries(
            [.. split.Select(index => (metric.Dimensions[index], samples[0].Dimensions[index]))],
            query.MetadataOnly ? [] : points,
            Combine(metric, samples));
    }

    private static double Combine(MetricDefinition metric, IEnumerable<MetricSample> samples)
    {
        if (metric.Combination == MetricCombination.SumOfMinute)
        {
            return samples.GroupBy(sample => sample.Minute).Average(minute => minute.Sum(sample => sample.Value));
        }

        (double sum, double weight) = samples.Aggregate((Sum: 0.0, Weight: 0.0), (total, sample) => (total.Sum + (sample.Value * sample.Weight), total.Weight + sample.Weight));
        return sum / weight;
    }

    private static bool Passes(MetricDefinition metric, MetricFilter filter, MetricSample sample)
    {
        for (int index = 0; index < metric.Dimensions.Count; index++)
        {
            if (!filter.Takes(metric.Dimensions[index], sample.Dimensions[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int index = 0; index < names.Count; index++)
        {
            if (names[index].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        return -1;
    }
}
