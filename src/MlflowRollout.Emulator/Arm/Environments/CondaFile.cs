using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Models;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MlflowRollout.Emulator.Arm.Environments;

/// <summary>The conda file of an environment: sent as YAML or JSON text, and given back as JSON text, as the service does.</summary>
internal static class CondaFile
{
    private const int LargestCount = 20_000;
    private const int DeepestNesting = 64;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="ArmException">The text is no mapping.</exception>
    public static string ToJson(string text)
    {
        YamlStream stream = new();
        try
        {
            stream.Load(new LimitedYamlParser(new Parser(new StringReader(text))));
        }
        catch (YamlException exception)
        {
            throw Unreadable($"line {exception.Start.Line.ToString(CultureInfo.InvariantCulture)}: {exception.Message}");
        }

        int budget = LargestCount;
        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
            ? Convert(root, 0, ref budget)!.ToJsonString(Indented).ReplaceLineEndings("\n")
            : throw Unreadable("it is not one mapping of names to values");
    }

    /// <param name="budget">How many values may still come: aliases can make many out of few.</param>
    private static JsonNode? Convert(YamlNode node, int depth, ref int budget)
    {
        if (depth > DeepestNesting)
        {
            throw Unreadable("it is nested too deep, or a value in it is part of itself");
        }

        if (--budget < 0)
        {
            throw Unreadable($"it has more than {LargestCount.ToString(CultureInfo.InvariantCulture)} values");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                JsonObject members = [];
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    members[(key as YamlScalarNode)?.Value ?? throw Unreadable("a name in it is not plain text")] = Convert(value, depth + 1, ref budget);
                }

                return members;
            case YamlSequenceNode sequence:
                JsonArray items = [];
                foreach (YamlNode item in sequence.Children)
                {
                    items.Add(Convert(item, depth + 1, ref budget));
                }

                return items;
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw Unreadable("a value in it is part of itself");
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? string.Empty;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => JsonValue.Create(whole),
            _ when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    private static ArmException Unreadable(string why) =>
        ArmErrors.InvalidContent($"The request content was invalid: 'properties.condaFile' cannot be read as a conda file: {why}.", "properties.condaFile");
}
