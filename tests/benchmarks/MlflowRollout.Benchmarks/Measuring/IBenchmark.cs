namespace MlflowRollout.Benchmarks.Measuring;

/// <summary>One row of the table of figures.</summary>
internal interface IBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Key { get; }

    /// <summary>Measures it.</summary>
    Task<IReadOnlyList<Figure>> RunAsync(int pairs);
}
