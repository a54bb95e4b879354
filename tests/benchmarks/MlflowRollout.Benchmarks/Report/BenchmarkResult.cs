using MlflowRollout.Benchmarks.Measuring;

namespace MlflowRollout.Benchmarks.Report;

/// <summary>What one benchmark found, and when.</summary>
internal sealed record BenchmarkResult(string Key, DateTimeOffset At, double Load, int Pairs, IReadOnlyList<Figure> Figures);
