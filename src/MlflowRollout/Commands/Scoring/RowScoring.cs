using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>
/// Feeds rows to the engine's stream and hands on what comes out, all on the pipeline thread. Rows that cannot even be read never reach the engine; their
/// results are put back into the order of the input here.
/// </summary>
internal sealed class RowScoring : IDisposable
{
    private readonly IMlRowStream _stream;
    private readonly RowReader _reader;
    private readonly bool _unordered;
    private readonly Action<MlPrediction> _emit;
    private readonly CancellationToken _stop;
    private readonly Queue<MlPrediction> _unread = new();
    private long _nextOut;

    /// <summary>Takes over the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="reader">Reads rows.</param>
    /// <param name="firstIndex">Index of the first row.</param>
    /// <param name="unordered">True: results may come in any order.</param>
    /// <param name="emit">Gets every result.</param>
    /// <param name="stop">Canceled by Ctrl-C.</param>
    internal RowScoring(IMlRowStream stream, RowReader reader, long firstIndex, bool unordered, Action<MlPrediction> emit, CancellationToken stop)
    {
        _stream = stream;
        _reader = reader;
        _unordered = unordered;
        _emit = emit;
        _stop = stop;
        _nextOut = NextIndex = firstIndex;
    }

    /// <summary>Index that the next row gets.</summary>
    internal long NextIndex { get; private set; }

    /// <summary>Sends a row; blocks only while as many rows are under way as memory should hold.</summary>
    internal void Add(PSObject? row)
    {
        long index = NextIndex;
        object?[] values = [];
        string? problem = row is null ? $"row {index + 1} (index {index}) is null" : _reader.Read(index, row, out values);
        if (problem is null)
        {
            Send(row!, values);
            return;
        }

        NextIndex++;
        _unread.Enqueue(new MlPrediction { Index = index, Input = row, Error = problem });
        Drain();
    }

    /// <summary>Sends a row that has every column of the model. Another one is left alone: it may be no row at all.</summary>
    /// <returns>True when it was sent.</returns>
    internal bool TryAddComplete(PSObject row)
    {
        if (_reader.Read(NextIndex, row, out object?[] values) is not null || Array.IndexOf(values, MlRow.Missing) >= 0)
        {
            return false;
        }

        Send(row, values);
        return true;
    }

    private void Send(PSObject row, object?[] values)
    {
        var item = new MlRow(NextIndex++, row, values);
        while (!_stream.TryAdd(in item))
        {
            if (!Drain())
            {
                _stream.Wait(_stop);
            }
        }

        Drain();
    }

    /// <summary>Sends what is left and hands on everything that is still to come.</summary>
    internal void Finish()
    {
        _stream.Complete();
        while (true)
        {
            Drain();
            if (_stream.IsFinished)
            {
                break;
            }

            _stream.Wait(_stop);
        }

        while (_unread.TryDequeue(out MlPrediction? unread))
        {
            _emit(unread);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool Drain()
    {
        bool any = EmitUnread(_nextOut);
        while (_stream.TryTake(out MlPrediction? prediction))
        {
            any = true;
            EmitUnread(prediction.Index);
            _nextOut = prediction.Index + 1;
            _emit(prediction);
            EmitUnread(_nextOut);
        }

        return any;
    }

    /// <summary>Emits the unread rows up to and including an index; those in direct sequence move it on.</summary>
    private bool EmitUnread(long upTo)
    {
        bool any = false;
        while (_unread.TryPeek(out MlPrediction? unread) && (_unordered || unread.Index <= Math.Max(upTo, _nextOut)))
        {
            _unread.Dequeue();
            _nextOut = Math.Max(_nextOut, unread.Index + 1);
            _emit(unread);
            any = true;
        }

        return any;
    }
}
