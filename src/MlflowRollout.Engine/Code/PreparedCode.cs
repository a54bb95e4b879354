namespace MlflowRollout.Engine.Code;

/// <summary>Code of a deployment, checked: registered code, or local code to upload.</summary>
/// <param name="Id">Id as the service takes it, of code that is there; null for local code.</param>
/// <param name="Content">Local code.</param>
/// <param name="StorageHash">Hash that names its place in storage.</param>
/// <param name="Fingerprint">Hash that is kept with it.</param>
internal sealed record PreparedCode(string? Id, SourceContent? Content, string? StorageHash, string? Fingerprint)
{
    /// <summary>How it is called in questions.</summary>
    public string Description => Content?.Name ?? Id!;
}
