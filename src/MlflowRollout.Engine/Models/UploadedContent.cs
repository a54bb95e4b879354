namespace MlflowRollout.Engine.Models;

/// <summary>Content in the default datastore.</summary>
/// <param name="LongUri">Long uri of the datastore's path, which models are registered by.</param>
/// <param name="Address">Address in storage, without any secret, which code and build contexts are registered by.</param>
/// <param name="AssetName">Asset that the content was uploaded for: this one, or the one that uploaded it first.</param>
/// <param name="AssetVersion">Version of that asset; null where it is not known.</param>
internal sealed record UploadedContent(string LongUri, string Address, string AssetName, string? AssetVersion);
