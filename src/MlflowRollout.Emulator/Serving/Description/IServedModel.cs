using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Description;

/// <summary>What a model takes and how it answers, whatever runs it.</summary>
internal interface IServedModel
{
    /// <summary>Null where the model takes tensors, or says nothing about its input.</summary>
    ColumnLayout? Columns { get; }

    /// <summary>Empty where the model takes columns, or says nothing about its input.</summary>
    InputTensor[] Tensors { get; }

    ReplyShape Shape { get; }
}
