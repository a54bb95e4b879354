using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>
/// The memory and binding of one run at a time, reused between requests. Inputs are bound anew only where the number of rows changed or a
/// buffer moved.
/// </summary>
internal sealed class OnnxRun : IDisposable
{
    private const long LargestKept = 4 << 20;

    private readonly OnnxPlan _plan;
    private readonly InferenceSession _session;
    private readonly CellBuffer[] _buffers;
    private readonly TensorValues? _tensors;
    private readonly int[] _widths;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly OrtValue?[] _bound;
    private readonly int[] _generations;
    private readonly object _deadlineLock = new();
    private readonly long[][] _boundShapes;
    private GraphOutput[]? _outputs;
    private IDisposable? _outputValues;
    private int _boundRows = -1;
    private long _deadline = long.MaxValue;
    private bool _terminated;

    public OnnxRun(OnnxPlan plan, InferenceSession session)
    {
        _plan = plan;
        _session = session;
        _buffers = [.. plan.Inputs.Select(i => CellBuffers.Create(i.Element)!)];
        _bound = new OrtValue?[_buffers.Length];
        _generations = new int[_buffers.Length];
        _boundShapes = new long[_buffers.Length][];
        _widths = [.. plan.Inputs.Select((_, index) => plan.Columns?.Columns.FirstOrDefault(c => c.Buffer == index)?.Stride ?? 1)];
        if (plan.Columns is { } columns)
        {
            Input = new ColumnRows(columns, _buffers);
        }
        else
        {
            Input = _tensors = new TensorValues(plan.Tensors, _buffers);
        }

        Parameters = new ParameterValues(plan.Parameters);
        _binding = session.CreateIoBinding();
    }

    /// <summary>One request left more memory here than is worth keeping.</summary>
    public bool IsOversized
    {
        get
        {
            long kept = 0;
            foreach (var buffer in _buffers)
            {
                kept += buffer.KeptBytes;
            }

            return kept > LargestKept;
        }
    }

    /// <summary>Fills the inputs from a request.</summary>
    public IInputReader Input { get; }

    /// <summary>Takes the inference parameters: checked, and then of no effect, as MLflow's own ONNX flavor has it.</summary>
    public ParameterValues Parameters { get; }

    /// <summary>
    /// Runs the graph on what <see cref="Input"/> read. The outputs are valid until the next run: the runtime writes into the same memory as
    /// long as the shapes of the inputs stay.
    /// </summary>
    public GraphOutput[] Execute()
    {
        if (Bind() || _plan.HasMaps)
        {
            ForgetOutputs();
        }

        if (_outputs is not null)
        {
            try
            {
                _session.RunWithBinding(_options, _binding);
                return _outputs;
            }
            catch (OnnxRuntimeException) when (!_terminated)
            {
                // The shape of an output may depend on the values: then its memory of the run before does not fit.
                ForgetOutputs();
            }
        }

        foreach (var output in _plan.Outputs)
        {
            _binding.BindOutputToDevice(output.Name, OrtMemoryInfo.DefaultInstance);
        }

        _session.RunWithBinding(_options, _binding);
        var values = _binding.GetOutputValues();
        _outputValues = values;
        _outputs = [.. values.Select(GraphOutput.Of)];
        return _outputs;
    }

    public void Arm(long deadline) => Volatile.Write(ref _deadline, deadline);

    /// <summary>Ends the watch over this run; true where it was terminated.</summary>
    public bool Disarm()
    {
        lock (_deadlineLock)
        {
            _deadline = long.MaxValue;
            var terminated = _terminated;
            if (terminated)
            {
                _terminated = false;
                _options.Terminate = false;
            }

            return terminated;
        }
    }

    /// <summary>Called by the watch: ends a run that is past its deadline.</summary>
    public void TerminateIfPast(long now)
    {
        if (now <= Volatile.Read(ref _deadline))
        {
            return;
        }

        lock (_deadlineLock)
        {
            if (now > _deadline)
            {
                _terminated = true;
                _options.Terminate = true;
            }
        }
    }

    public void Dispose()
    {
        ForgetOutputs();
        _binding.Dispose();
        foreach (var value in _bound)
        {
            value?.Dispose();
        }

        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }

        _options.Dispose();
    }

    private void ForgetOutputs()
    {
        _outputValues?.Dispose();
        _outputValues = null;
        _outputs = null;
    }

    /// <summary>Brings the bound inputs up to date; true where a shape or an address changed.</summary>
    private bool Bind()
    {
        var changed = false;
        var rows = Input.Rows;
        for (var i = 0; i < _buffers.Length; i++)
        {
            var stale = _bound[i] is null || _generations[i] != _buffers[i].Generation
                || (_tensors is null ? rows != _boundRows : !_tensors.ShapeOf(i).AsSpan().SequenceEqual(_boundShapes[i]));
            if (!stale)
            {
                _buffers[i].Refresh(_bound[i]!, Count(_boundShapes[i]));
                continue;
            }

            changed = true;
            var shape = _tensors is null ? _plan.Inputs[i].ShapeFor(rows, _widths[i]) : _tensors.ShapeOf(i);
            var tensor = _buffers[i].CreateTensor(Count(shape), shape);
            _binding.BindInput(_plan.Inputs[i].Name, tensor);
            _bound[i]?.Dispose();
            _bound[i] = tensor;
            _generations[i] = _buffers[i].Generation;
            _boundShapes[i] = shape;
        }

        _boundRows = rows;
        return changed;
    }

    private static int Count(long[] shape)
    {
        var count = 1L;
        foreach (var dimension in shape)
        {
            count *= dimension;
        }

        return checked((int)count);
    }
}
