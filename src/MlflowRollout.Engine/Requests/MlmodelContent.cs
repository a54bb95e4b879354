namespace MlflowRollout.Engine.Requests;

/// <summary>What an <c>MLmodel</c> file says.</summary>
internal sealed class MlmodelContent
{
    /// <summary>Flavors with their settings as text, for the control plane's <c>flavors</c> map.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Flavors { get; init; }

    /// <summary>Signature; null when the model has none.</summary>
    public MlModelSignature? Signature { get; init; }

    /// <summary>Run that logged the model.</summary>
    public string? RunId { get; init; }

    /// <summary>Version of MLflow that wrote the file.</summary>
    public string? MlflowVersion { get; init; }

    /// <summary>Files and folders that the file refers to, with the setting that does.</summary>
    public required IReadOnlyList<MlmodelReference> References { get; init; }
}

/// <summary>A file or folder that an <c>MLmodel</c> refers to.</summary>
/// <param name="Setting">Path of the setting, such as <c>flavors.onnx.data</c>.</param>
/// <param name="RelativePath">The path as it is written.</param>
/// <param name="Line">Line in the file, from 1.</param>
internal sealed record MlmodelReference(string Setting, string RelativePath, long Line);
