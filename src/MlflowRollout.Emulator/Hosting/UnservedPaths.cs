namespace MlflowRollout.Emulator.Hosting;

/// <summary>Addresses of the workspace that other clients know and that lead nowhere here: they are told so, by name.</summary>
internal static class UnservedPaths
{
    private static readonly (string Prefix, string What)[] All =
    [
        ("/mlflow", "MLflow's own tracking and registry protocol"),
        ("/api/2.0", "MLflow's own tracking and registry protocol"),
        ("/history", "The run history"),
        ("/discovery", "The discovery of the workspace's services"),
    ];

    /// <summary>What is at a path; null where that is none of these.</summary>
    public static string? Find(PathString path)
    {
        foreach ((string prefix, string what) in All)
        {
            if (path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return what;
            }
        }

        return null;
    }
}
