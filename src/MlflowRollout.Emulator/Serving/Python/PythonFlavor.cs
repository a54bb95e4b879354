namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>The flavors that workers serve, and how each names its file.</summary>
internal static class PythonFlavor
{
    public const string Function = "python_function";
    public const string Sklearn = "sklearn";
    public const string Xgboost = "xgboost";
    public const string Lightgbm = "lightgbm";

    /// <summary>In the order in which they are chosen: the service itself serves <c>python_function</c>.</summary>
    public static readonly string[] All = [Function, Sklearn, Xgboost, Lightgbm];

    /// <summary>The file that a flavor loads where MLmodel does not say.</summary>
    public static string DefaultFile(string kind) => kind switch
    {
        Xgboost => "model.xgb",
        Lightgbm => "model.lgb",
        _ => "model.pkl",
    };

    /// <summary>The library flavor behind a loader module of MLflow; null for another one.</summary>
    public static string? OfLoader(string? module) => module switch
    {
        "mlflow.sklearn" => Sklearn,
        "mlflow.xgboost" => Xgboost,
        "mlflow.lightgbm" => Lightgbm,
        _ => null,
    };
}
