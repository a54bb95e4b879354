using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>
/// Weights as users write them: a hashtable (<c>@{ blue = 90; green = 10 }</c>), the Azure CLI's text (<c>'blue=90 green=10'</c>), or the traffic of an endpoint. It is
/// read when the cmdlet runs, so that a bad weight is an error of ours and not one of the binder.
/// </summary>
[TypeConverter(typeof(Converter))]
public sealed class TrafficArgument
{
    private readonly object _value;

    private TrafficArgument(object value) => _value = value;

    /// <summary>Weights as text.</summary>
    /// <param name="text">As the Azure CLI writes them; empty for none.</param>
    public TrafficArgument(string text)
        : this((object)text)
    {
    }

    /// <summary>Weights by name.</summary>
    /// <param name="weights">Names and weights.</param>
    public TrafficArgument(IDictionary weights)
        : this((object)weights)
    {
    }

    /// <summary>The weights.</summary>
    /// <exception cref="MlValidationException">A weight is no whole number, a name is empty or stands twice, or the text cannot be read.</exception>
    public MlTrafficMap ToMap()
    {
        var map = new MlTrafficMap();
        switch (_value)
        {
            case string text:
                foreach (string part in text.Split([' ', ',', ';', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
                {
                    int separator = part.IndexOf('=', StringComparison.Ordinal);
                    if (separator < 1)
                    {
                        throw Invalid($"'{part}' is not of the form name=weight.");
                    }

                    Add(map, part[..separator], part[(separator + 1)..]);
                }

                break;
            case IDictionary weights:
                foreach (DictionaryEntry entry in weights)
                {
                    Add(map, entry.Key.ToString()!, entry.Value);
                }

                break;
        }

        return map;
    }

    /// <summary>The weights as they were written.</summary>
    public override string ToString() => _value as string ?? string.Join(' ', ((IDictionary)_value).Entries().Select(entry => $"{entry.Key}={entry.Value}"));

    private static void Add(MlTrafficMap map, string name, object? weight)
    {
        if (map.Contains(name))
        {
            throw Invalid($"Deployment '{name}' stands twice.");
        }

        map[name] = weight is PSObject { BaseObject: var inner } ? Whole(name, inner) : Whole(name, weight);
    }

    private static int Whole(string name, object? weight)
    {
        switch (weight)
        {
            case int number:
                return number;
            case string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed):
                return parsed;
            case sbyte or byte or short or ushort or uint or long or ulong or double or float or decimal:
                decimal value;
                try
                {
                    value = Convert.ToDecimal(weight, CultureInfo.InvariantCulture);
                }
                catch (OverflowException)
                {
                    break;
                }

                return value == decimal.Truncate(value) && value is >= int.MinValue and <= int.MaxValue ? (int)value : throw NotWhole(name, weight);
        }

        throw NotWhole(name, weight);
    }

    private static MlValidationException NotWhole(string name, object? weight) =>
        Invalid($"The weight of '{name}' is '{Convert.ToString(weight, CultureInfo.InvariantCulture)}', which is no whole number of percent.");

    private static MlValidationException Invalid(string message) => new(MlErrorIds.TrafficWeightsInvalid, message)
    {
        RecommendedAction = "Weights are whole numbers from 0 to 100 that add up to 100, as in @{ blue = 90; green = 10 } or 'blue=90 green=10'.",
    };

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<TrafficArgument>
    {
        /// <inheritdoc/>
        protected override string Expected => "traffic weights";

        /// <inheritdoc/>
        protected override TrafficArgument? From(PSObject value) => value.BaseObject switch
        {
            TrafficArgument same => same,
            string text => new TrafficArgument(text),
            MlTraffic traffic => new TrafficArgument(traffic.Traffic),
            IDictionary weights => new TrafficArgument(weights),
            _ => value.Properties["Traffic"]?.Value is { } inner && (inner as PSObject)?.BaseObject is IDictionary or IDictionary
                ? new TrafficArgument((IDictionary)(inner is PSObject wrapped ? wrapped.BaseObject : inner))
                : null,
        };
    }
}
