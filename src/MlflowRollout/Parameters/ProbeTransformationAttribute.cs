using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>
/// Turns a hashtable such as <c>@{ InitialDelay = '20s'; FailureThreshold = 10 }</c> into an <see cref="MlProbe"/>, with durations read as everywhere in this module and
/// unknown keys refused.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ProbeTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Keys = "FailureThreshold, SuccessThreshold, InitialDelay, Period, Timeout";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null or MlProbe => value,
            IDictionary settings => Parse(settings),
            _ => throw new ArgumentTransformationMetadataException(
                $"'{value}' is no probe. Give a hashtable with any of the keys {Keys}, for example @{{ InitialDelay = '20s'; FailureThreshold = 10 }}."),
        };
    }

    private static MlProbe Parse(IDictionary settings)
    {
        var probe = new MlProbe();
        foreach (DictionaryEntry entry in settings)
        {
            string key = entry.Key.ToString()!;
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            switch (key.ToUpperInvariant())
            {
                case "FAILURETHRESHOLD":
                    probe.FailureThreshold = Threshold(key, value);
                    break;
                case "SUCCESSTHRESHOLD":
                    probe.SuccessThreshold = Threshold(key, value);
                    break;
                case "INITIALDELAY":
                    probe.InitialDelay = Duration(key, value);
                    break;
                case "PERIOD":
                    probe.Period = Duration(key, value);
                    break;
                case "TIMEOUT":
                    probe.Timeout = Duration(key, value);
                    break;
                default:
                    throw new ArgumentTransformationMetadataException($"A probe has no setting '{key}'. It has {Keys}.");
            }
        }

        return probe;
    }

    private static int Threshold(string key, object? value) =>
        int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new ArgumentTransformationMetadataException($"'{key}' of the probe is '{value}'. It is a whole number from 1.");

    private static TimeSpan Duration(string key, object? value)
    {
        try
        {
            return DurationTransformationAttribute.Parse(value ?? string.Empty);
        }
        catch (ArgumentTransformationMetadataException e)
        {
            throw new ArgumentTransformationMetadataException($"'{key}' of the probe: {e.Message}", e);
        }
    }
}
