namespace MlflowRollout.Emulator.Gateway;

/// <summary>Where draws come from: traffic split, mirroring, faults, request ids.</summary>
internal interface IRandomSource
{
    /// <summary>A number from 0 up to, not including, <paramref name="exclusiveMaximum"/>.</summary>
    int Next(int exclusiveMaximum);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    double NextDouble();

    void NextBytes(Span<byte> destination);
}
