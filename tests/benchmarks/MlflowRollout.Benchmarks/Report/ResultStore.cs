using System.Text.Json;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Report;

/// <summary>The newest result of every benchmark, kept below <c>output/</c>, so that one row can be measured again alone.</summary>
internal sealed class ResultStore
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(RepositoryPaths.Output, "benchmarks")).FullName;

    public void Save(BenchmarkResult result) => File.WriteAllText(FileOf(result.Key), JsonSerializer.Serialize(result, Options));

    public BenchmarkResult? Find(string key) => File.Exists(FileOf(key)) ? JsonSerializer.Deserialize<BenchmarkResult>(File.ReadAllText(FileOf(key)), Options) : null;

    private string FileOf(string key) => Path.Combine(_folder, key + ".json");
}
