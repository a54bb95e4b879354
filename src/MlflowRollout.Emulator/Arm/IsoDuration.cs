using System.Text.Json.Nodes;
using System.Xml;

namespace MlflowRollout.Emulator.Arm;

/// <summary>Durations of the wire: ISO 8601.</summary>
internal static class IsoDuration
{
    /// <summary>Takes the sent duration or the default, writes it in its short form, and gives it as a time.</summary>
    public static TimeSpan Fill(JsonObject source, JsonObject target, string name, string fallback, string path)
    {
        TimeSpan value = Parse(source.OptionalText(name, $"{path}.{name}") ?? fallback, $"{path}.{name}");
        ResourceBody.Set(target, name, Write(value));
        return value;
    }

    /// <summary>A stored duration; stored ones are known to be good.</summary>
    public static TimeSpan Read(JsonNode? stored) => XmlConvert.ToTimeSpan(stored!.GetValue<string>());

    public static string Write(TimeSpan value) => value == TimeSpan.Zero ? "PT0S" : XmlConvert.ToString(value);

    private static TimeSpan Parse(string text, string path)
    {
        try
        {
            TimeSpan value = XmlConvert.ToTimeSpan(text);
            return value >= TimeSpan.Zero ? value : throw ArmJson.WrongType(path, "an ISO 8601 duration that is not negative");
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw ArmJson.WrongType(path, $"an ISO 8601 duration such as PT5S, not '{text}'");
        }
    }
}
