using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>Durations of the command line: <c>500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>, <c>00:01:30</c> or <c>PT2S</c>, a day at most.</summary>
internal static partial class DurationText
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        Match match = UnitForm().Match(text);
        if (match.Success)
        {
            double value = double.Parse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture);
            double seconds = match.Groups["unit"].Value switch
            {
                "ms" => value / 1000,
                "m" => value * 60,
                "h" => value * 3600,
                _ => value,
            };
            if (seconds > 86400)
            {
                return false;
            }

            duration = TimeSpan.FromSeconds(seconds);
            return true;
        }

        if (text.StartsWith('P'))
        {
            try
            {
                duration = XmlConvert.ToTimeSpan(text);
                return duration >= TimeSpan.Zero;
            }
            catch (FormatException)
            {
                return false;
            }
        }

        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero && text.Contains(':', StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\A(?<value>\d{1,9}(\.\d{1,6})?)(?<unit>ms|s|m|h|)\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitForm();
}
