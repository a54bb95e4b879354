using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Operations;

/// <summary>How long an operation takes at least: no time, as long as the service was seen to take, or a fixed time.</summary>
internal sealed partial record OperationPace
{
    private readonly bool _realistic;
    private readonly TimeSpan _fixed;

    private OperationPace(bool realistic, TimeSpan delay)
    {
        _realistic = realistic;
        _fixed = delay;
    }

    public static OperationPace None { get; } = new(false, TimeSpan.Zero);

    public static OperationPace Realistic { get; } = new(true, TimeSpan.Zero);

    public static OperationPace Fixed(TimeSpan delay) => new(false, delay);

    public static bool TryParse(string text, [NotNullWhen(true)] out OperationPace? pace)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            pace = None;
        }
        else if (text.Equals("realistic", StringComparison.OrdinalIgnoreCase))
        {
            pace = Realistic;
        }
        else
        {
            pace = TryParseDuration(text, out TimeSpan delay) ? Fixed(delay) : null;
        }

        return pace is not null;
    }

    /// <summary>The least time that the operation takes. <paramref name="creates"/>: its resource did not exist before.</summary>
    public TimeSpan For(OperationKind kind, bool creates)
    {
        if (!_realistic)
        {
            return _fixed;
        }

        // One observation of the service for each of the first three; the rest are of the same order.
        return kind switch
        {
            OperationKind.EndpointPut when creates => TimeSpan.FromSeconds(90),
            OperationKind.EndpointPut => TimeSpan.FromSeconds(20),
            OperationKind.DeploymentPut => TimeSpan.FromSeconds(585),
            OperationKind.DeploymentPatch => TimeSpan.FromSeconds(300),
            OperationKind.DeploymentDelete or OperationKind.EndpointDelete => TimeSpan.FromSeconds(60),
            _ => TimeSpan.FromSeconds(10),
        };
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
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
