using System.Text.Json;
using MlflowRollout.Emulator.Serving.Description;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>Writes a graph's outputs as the service's JSON.</summary>
internal static class OnnxReply
{
    public static void Write(Utf8JsonWriter writer, ReplyShape shape, OutputName[] names, GraphOutput[] outputs, int rows)
    {
        if (shape == ReplyShape.Predictions)
        {
            outputs[0].Write(writer);
        }
        else if (shape == ReplyShape.Records && AllHaveRows(outputs, rows))
        {
            WriteRecords(writer, names, outputs, rows);
        }
        else
        {
            writer.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                writer.WritePropertyName(names[i].Encoded);
                outputs[i].WriteWhole(writer);
            }

            writer.WriteEndObject();
        }

        writer.Flush();
    }

    private static bool AllHaveRows(GraphOutput[] outputs, int rows)
    {
        foreach (var output in outputs)
        {
            if (output.Rows != rows)
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteRecords(Utf8JsonWriter writer, OutputName[] names, GraphOutput[] outputs, int rows)
    {
        writer.WriteStartArray();
        for (var row = 0; row < rows; row++)
        {
            writer.WriteStartObject();
            for (var i = 0; i < outputs.Length; i++)
            {
                writer.WritePropertyName(names[i].Encoded);
                outputs[i].WriteRow(writer, row);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
