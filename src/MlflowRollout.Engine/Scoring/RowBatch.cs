using System.Runtime.InteropServices;
using MlflowRollout.Engine.Requests;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Scoring;

/// <summary>
/// Rows of a stream that go into one request, as JSON text in one pooled buffer, and their results. Filled by the pipeline's thread, then sent by one
/// worker, then taken by the pipeline's thread; reused afterwards.
/// </summary>
internal sealed class RowBatch(RowConverter converter) : IDisposable
{
    private readonly Utf8Buffer _text = new();
    private readonly List<MlRowKey> _rows = [];
    private readonly List<int> _sent = [];
    private readonly List<int> _ends = [];
    private readonly List<object?> _scratch = [];
    private MlPrediction?[] _results = [];
    private int[] _cellEnds = [];
    private bool[]? _omitted;
    private int _bodyStart;
    private bool _closed;

    /// <summary>Rows in it, bad ones included.</summary>
    public int Count => _rows.Count;

    /// <summary>Rows to send.</summary>
    public int SentCount => _sent.Count;

    /// <summary>Bytes of text.</summary>
    public int Length => _text.Length;

    /// <summary>True when all results are there.</summary>
    public bool IsDone { get; set; }

    /// <summary>Bytes that the stream counts for it.</summary>
    public long Weight { get; set; }

    /// <summary>Number of the batch within the stream; a batch that is used again has another.</summary>
    public long Number { get; set; }

    /// <summary>Where the values of a reply are collected; used by the worker that has the batch.</summary>
    public List<object?> Scratch => _scratch;

    /// <summary>Adds a row. A bad value becomes the row's result.</summary>
    /// <returns>False when the row has optional columns that this batch leaves out; it needs another batch.</returns>
    public bool TryAdd(in MlRow row)
    {
        if (row.Values.Length == converter.Signature.Inputs.Length)
        {
            if (_sent.Count == 0)
            {
                _omitted = converter.Omitted(row.Values);
                _text.Truncate(0);
                converter.WritePrefix(_text, _omitted);
                _bodyStart = _text.Length;
            }
            else if (!RowConverter.Fits(row.Values, _omitted))
            {
                return false;
            }
        }

        int before = _text.Length;
        if (_sent.Count > 0 && !converter.IsNamedTensor)
        {
            _text.Append((byte)',');
        }

        int cells = converter.CellsPerRow;
        if (_cellEnds.Length < cells)
        {
            _cellEnds = new int[cells];
        }

        if (converter.Write(_text, row, _omitted, _cellEnds) is { } problem)
        {
            _text.Truncate(before);
            SetResult(_rows.Count, new MlPrediction { Index = row.Index, Input = row.Input, Error = problem });
        }
        else
        {
            _cellEnds[cells - 1] = _text.Length;
            _sent.Add(_rows.Count);
            for (int i = 0; i < cells; i++)
            {
                _ends.Add(_cellEnds[i]);
            }
        }

        _rows.Add(new MlRowKey(row.Index, row.Input));
        return true;
    }

    /// <summary>The body for some of the rows to send; the whole batch's without copying. The buffer is valid until the batch is used again.</summary>
    /// <param name="from">First row to send.</param>
    /// <param name="count">How many.</param>
    /// <param name="copy">The buffer of a part, to be disposed; null for the whole.</param>
    public ReadOnlyMemory<byte> Body(int from, int count, out Utf8Buffer? copy)
    {
        if (count == _sent.Count && !converter.IsNamedTensor)
        {
            if (!_closed)
            {
                converter.WriteSuffix(_text, count);
                _closed = true;
            }

            copy = null;
            return _text.WrittenMemory;
        }

        int cells = converter.CellsPerRow;
        ReadOnlySpan<int> ends = CollectionsMarshal.AsSpan(_ends);
        copy = new Utf8Buffer();
        BodyAssembler.Write(
            copy, converter, _omitted, _text.WrittenSpan, ends.Slice(from * cells, count * cells), count, from == 0 ? _bodyStart : ends[(from * cells) - 1], rows: null);
        return copy.WrittenMemory;
    }

    /// <summary>Sets the results of some sent rows.</summary>
    public void Answer(int from, IReadOnlyList<object?> predictions, ScoringReply reply)
    {
        for (int i = 0; i < predictions.Count; i++)
        {
            int slot = _sent[from + i];
            MlRowKey row = _rows[slot];
            SetResult(slot, new MlPrediction
            {
                Index = row.Index,
                Input = row.Input,
                Prediction = predictions[i],
                Deployment = reply.Deployment,
                RequestId = reply.RequestId,
                RequestLatency = reply.Latency,
            });
        }
    }

    /// <summary>Sets an error as the result of some sent rows.</summary>
    public void Fail(int from, int count, string error, ScoringReply reply)
    {
        for (int i = from; i < from + count; i++)
        {
            MlRowKey row = _rows[_sent[i]];
            SetResult(_sent[i], new MlPrediction
            {
                Index = row.Index,
                Input = row.Input,
                Error = error,
                Deployment = reply.Deployment,
                RequestId = reply.RequestId,
                RequestLatency = reply.Latency,
            });
        }
    }

    /// <summary>The result of a row; it is not kept.</summary>
    public MlPrediction Take(int position)
    {
        MlPrediction result = _results[position]!;
        _results[position] = null;
        return result;
    }

    /// <summary>Makes the batch ready for other rows.</summary>
    public void Reset()
    {
        _rows.Clear();
        _sent.Clear();
        _ends.Clear();
        _text.Truncate(0);
        _omitted = null;
        _closed = false;
        IsDone = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    private void SetResult(int slot, MlPrediction result)
    {
        if (slot >= _results.Length)
        {
            Array.Resize(ref _results, Math.Max(slot + 1, Math.Max(16, _results.Length * 2)));
        }

        _results[slot] = result;
    }

    /// <summary>What is kept of a row beside its text.</summary>
    private readonly record struct MlRowKey(long Index, object? Input);
}
