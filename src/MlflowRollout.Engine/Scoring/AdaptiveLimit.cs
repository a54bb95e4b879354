namespace MlflowRollout.Engine.Scoring;

/// <summary>
/// How many requests may be under way: one more after each round without refusals, half after a refusal (at most once a round). Near the value that was
/// refused last it grows sixteen times slower. Not thread-safe: used under the gate's lock.
/// </summary>
internal sealed class AdaptiveLimit
{
    /// <summary>Where an adapting limit starts when nothing is known.</summary>
    public const int Unknown = 2;

    private const int Highest = 64;
    private const int CarefulRounds = 16;

    private readonly bool _fixed;
    private int _most = Highest;
    private int _clean;
    private int _refusedAt = int.MaxValue;
    private long _epoch;

    /// <summary>Makes a limit.</summary>
    /// <param name="throttleLimit">Fixed value; null adapts.</param>
    public AdaptiveLimit(int? throttleLimit)
    {
        _fixed = throttleLimit is not null;
        Current = throttleLimit ?? Unknown;
    }

    /// <summary>Requests that may be under way now.</summary>
    public int Current { get; private set; }

    /// <summary>Grows with every refusal; given back with the outcome, so that one crowd of refusals counts once.</summary>
    public long Epoch => _epoch;

    /// <summary>Starts from what the service admits, once that is known, unless experience has said something else.</summary>
    public void Learn(int admitted)
    {
        if (!_fixed && _epoch == 0 && admitted > Current)
        {
            Current = admitted;
            _most = Math.Max(_most, admitted * 2);
        }
    }

    /// <summary>A request was answered.</summary>
    /// <param name="epoch">Epoch when it was sent.</param>
    /// <param name="saturated">Whether the limit was what held further requests back.</param>
    public void OnSuccess(long epoch, bool saturated)
    {
        if (_fixed || !saturated || epoch != _epoch)
        {
            return;
        }

        int round = Current + 1 >= _refusedAt ? Current * CarefulRounds : Current;
        if (++_clean >= round && Current < _most)
        {
            _clean = 0;
            Current++;
            if (Current > _refusedAt)
            {
                _refusedAt = int.MaxValue;
            }
        }
    }

    /// <summary>A request was refused with 429 or 503.</summary>
    /// <param name="epoch">Epoch when it was sent.</param>
    public void OnRefused(long epoch)
    {
        if (_fixed || epoch != _epoch)
        {
            return;
        }

        _epoch++;
        _clean = 0;
        _refusedAt = Current;
        Current = Math.Max(1, Current / 2);
    }
}
