namespace MlflowRollout.Testing;

/// <summary>The example models that the repository ships.</summary>
public static class ExampleModels
{
    /// <summary>The folder of the heart classifier.</summary>
    public static string HeartClassifier => Path.Combine(RepositoryPaths.Root, "docs", "examples", "heart-classifier");

    /// <summary>Version 1: fewer features.</summary>
    public static string V1 => Version(1);

    /// <summary>Version 2: better.</summary>
    public static string V2 => Version(2);

    /// <summary>Version 3: subtly bad.</summary>
    public static string V3 => Version(3);

    /// <summary>A request body for one call.</summary>
    public static string SampleRequest => Path.Combine(HeartClassifier, "sample.json");

    /// <summary>Synthetic rows.</summary>
    public static string Rows => Path.Combine(HeartClassifier, "rows.csv");

    /// <summary>The folder of one version.</summary>
    public static string Version(int version) => Path.Combine(HeartClassifier, $"model-v{version}");
}
