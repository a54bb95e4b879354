namespace MlflowRollout.Engine.Models;

/// <summary>A file of a model's content, wherever it is.</summary>
internal interface IContentFile
{
    /// <summary>Path within the model, with forward slashes.</summary>
    string RelativePath { get; }

    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Opens it for reading in order.</summary>
    Task<Stream> OpenReadAsync(CancellationToken cancellationToken);
}
