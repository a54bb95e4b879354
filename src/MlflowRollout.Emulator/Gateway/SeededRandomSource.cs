namespace MlflowRollout.Emulator.Gateway;

/// <summary>Repeatable draws: the same seed gives the same sequence. Serialised, for faults on request and for tests.</summary>
internal sealed class SeededRandomSource(int seed) : IRandomSource
{
    private readonly Random _generator = new(seed);
    private readonly object _gate = new();

    public int Next(int exclusiveMaximum)
    {
        lock (_gate)
        {
            return _generator.Next(exclusiveMaximum);
        }
    }

    public double NextDouble()
    {
        lock (_gate)
        {
            return _generator.NextDouble();
        }
    }

    public void NextBytes(Span<byte> destination)
    {
        lock (_gate)
        {
            _generator.NextBytes(destination);
        }
    }
}
