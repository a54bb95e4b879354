using System.Text.Json;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>The input of a model without a signature, handed on as it came.</summary>
internal sealed class AnyInput : IInputReader
{
    public int Rows => 0;

    /// <summary>The value of <c>input_data</c>.</summary>
    public byte[] Json { get; private set; } = [];

    public void Reset() => Json = [];

    public void Read(ref Utf8JsonReader reader)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        Json = JsonSerializer.SerializeToUtf8Bytes(value.RootElement);
    }
}
