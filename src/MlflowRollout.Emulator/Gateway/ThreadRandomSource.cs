namespace MlflowRollout.Emulator.Gateway;

/// <summary>One generator a thread, so that requests never wait for each other to draw.</summary>
internal sealed class ThreadRandomSource : IRandomSource
{
    [ThreadStatic]
    private static Random? _generator;

    private static Random Generator => _generator ??= new Random();

    public int Next(int exclusiveMaximum) => Generator.Next(exclusiveMaximum);

    public double NextDouble() => Generator.NextDouble();

    public void NextBytes(Span<byte> destination) => Generator.NextBytes(destination);
}
