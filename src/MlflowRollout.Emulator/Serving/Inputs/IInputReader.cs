using System.Text.Json;

namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>Reads the value of <c>input_data</c>.</summary>
internal interface IInputReader
{
    /// <summary>Rows read; for tensors the length of the first dimension.</summary>
    int Rows { get; }

    void Reset();

    /// <summary>Reads the value at which the reader stands, to its end.</summary>
    /// <exception cref="InputException">The value does not fit the model.</exception>
    void Read(ref Utf8JsonReader reader);
}
