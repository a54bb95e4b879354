using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Reads requests by the signature, with the very checks of the other servers, and writes what was read as a frame.</summary>
internal sealed class PythonInput
{
    private readonly CellBuffer[] _buffers;
    private readonly IInputReader _values;
    private readonly ParameterValues _parameters;

    public PythonInput(PythonPlan plan)
    {
        _buffers = [.. plan.CreateBuffers()];
        _parameters = new ParameterValues(plan.Parameters);
        _values = plan.Columns is { } columns ? new ColumnRows(columns, _buffers)
            : plan.Tensors.Length > 0 ? new TensorValues(plan.Tensors, _buffers)
            : new AnyInput();
    }

    public long KeptBytes
    {
        get
        {
            long kept = 0;
            foreach (var buffer in _buffers)
            {
                kept += buffer.KeptBytes;
            }

            return kept;
        }
    }

    /// <summary>Reads a request and writes its frame.</summary>
    /// <exception cref="InputException">The body is not a request that this model takes.</exception>
    public void ReadInto(FrameBuffer frame, ReadOnlySpan<byte> body, string? contentType)
    {
        RequestReader.Read(body, contentType, _values, _parameters);
        frame.BeginFrame(FrameKind.Score);
        frame.WriteBlock(_parameters.Json);
        switch (_values)
        {
            case AnyInput any:
                frame.WriteBlock(any.Json);
                any.Reset();
                break;
            case TensorValues tensors:
                for (var i = 0; i < _buffers.Length; i++)
                {
                    WriteTensor(frame, _buffers[i], tensors.ShapeOf(i));
                }

                break;
            default:
                frame.WriteNumber(_values.Rows);
                foreach (var buffer in _buffers)
                {
                    buffer.CopyTo(frame, _values.Rows);
                }

                break;
        }

        frame.EndFrame();
    }

    private static void WriteTensor(FrameBuffer frame, CellBuffer buffer, long[] shape)
    {
        frame.WriteNumber(shape.Length);
        var count = 1;
        foreach (var dimension in shape)
        {
            frame.WriteNumber(checked((int)dimension));
            count = checked(count * (int)dimension);
        }

        buffer.CopyTo(frame, count);
    }
}
