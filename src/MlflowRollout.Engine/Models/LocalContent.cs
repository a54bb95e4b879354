using MlflowRollout.Engine.Requests;

namespace MlflowRollout.Engine.Models;

/// <summary>A local model file or folder: its files and the hash of their content.</summary>
internal sealed class LocalContent
{
    private LocalContent(string name, IReadOnlyList<LocalFile> files, bool isFolder, MlmodelContent? mlmodel)
    {
        Name = name;
        Files = files;
        IsFolder = isFolder;
        Mlmodel = mlmodel;
    }

    /// <summary>Name of the file or folder.</summary>
    public string Name { get; }

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>Files in the order of their relative paths.</summary>
    public IReadOnlyList<LocalFile> Files { get; }

    /// <summary>The <c>MLmodel</c> file's content; null when there is none.</summary>
    public MlmodelContent? Mlmodel { get; }

    /// <summary>Bytes in all.</summary>
    public long TotalLength => Files.Sum(file => file.Length);

    /// <summary>Type found from the content.</summary>
    public string ModelType { get; private init; } = "custom_model";

    /// <summary>Reads what a path leads to.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="modelType">Type asked for; null to find it.</param>
    /// <exception cref="MlValidationException">There is nothing, or it is no usable model.</exception>
    public static LocalContent Open(string path, string? modelType)
    {
        try
        {
            if (File.Exists(path))
            {
                return OpenFile(path, modelType);
            }

            if (Directory.Exists(path))
            {
                return OpenFolder(path, modelType);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }

        throw new MlValidationException(MlErrorIds.PathNotFound, $"There is no file or folder '{path}'.", MlErrorCategory.ObjectNotFound)
        {
            Target = path,
            RecommendedAction = "Give the folder that mlflow wrote, in which MLmodel lies.",
        };
    }

    /// <summary>The file, or the folder with its files as they are, whatever they hold.</summary>
    public static LocalContent OpenAny(string path) => File.Exists(path)
        ? new LocalContent(Path.GetFileName(path), [new LocalFile(path, Path.GetFileName(path), new FileInfo(path).Length)], isFolder: false, null)
        : new LocalContent(new DirectoryInfo(path).Name, ListFiles(path), isFolder: true, null);

    /// <summary>SHA-256 over relative paths, lengths and contents, in the order of the paths; hex.</summary>
    public async Task<string> ComputeHashAsync(CancellationToken cancellationToken)
    {
        using ContentHash hash = new();
        foreach (LocalFile file in Files)
        {
            try
            {
                hash.Begin(file.RelativePath, file.Length);
                FileStream stream = file.OpenRead();
                await using (stream.ConfigureAwait(false))
                {
                    await hash.AppendAsync(stream, read: null, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(file.FullPath, exception);
            }
        }

        return hash.Finish();
    }

    private static LocalContent OpenFile(string path, string? modelType)
    {
        FileInfo file = new(path);
        if (modelType is null && file.Name == MlmodelFile.FileName)
        {
            throw new MlValidationException(
                MlErrorIds.ModelFolderInvalid, $"'{path}' is the description of an MLflow model, not the model.", MlErrorCategory.InvalidData)
            {
                Target = path,
                RecommendedAction = $"Give the folder: '{file.DirectoryName}'.",
            };
        }

        if (string.Equals(modelType, "mlflow_model", StringComparison.OrdinalIgnoreCase))
        {
            throw new MlValidationException(
                MlErrorIds.ModelFolderInvalid, $"'{path}' is a file; an MLflow model is a folder with a file {MlmodelFile.FileName}.", MlErrorCategory.InvalidData)
            {
                Target = path,
                RecommendedAction = "Give the folder that mlflow wrote.",
            };
        }

        return new LocalContent(file.Name, [new LocalFile(path, file.Name, file.Length)], isFolder: false, null) { ModelType = modelType ?? "custom_model" };
    }

    private static LocalContent OpenFolder(string path, string? modelType)
    {
        MlmodelContent? mlmodel = null;
        bool triton = modelType is null && !File.Exists(Path.Combine(path, MlmodelFile.FileName)) && HasTritonLayout(path);
        if (!triton && modelType is null or "mlflow_model")
        {
            mlmodel = MlmodelFile.Validate(path);
        }
        else
        {
            new ModelFolder(path).CheckLinks();
        }

        LocalFile[] files = ListFiles(path);
        if (files.Length == 0)
        {
            throw new MlValidationException(MlErrorIds.ModelFolderInvalid, $"The folder '{path}' is empty.", MlErrorCategory.InvalidData) { Target = path };
        }

        return new LocalContent(new DirectoryInfo(path).Name, files, isFolder: true, mlmodel)
        {
            ModelType = mlmodel is not null ? "mlflow_model" : triton ? "triton_model" : modelType ?? "custom_model",
        };
    }

    private static LocalFile[] ListFiles(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(file => new LocalFile(file.FullName, Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), file.Length))
            .OrderBy(file => file.RelativePath, StringComparer.Ordinal),
    ];

    // Triton's model repository: a folder a model, with its configuration and numbered versions.
    private static bool HasTritonLayout(string path) =>
        Directory.EnumerateDirectories(path).Any(folder => File.Exists(Path.Combine(folder, "config.pbtxt")));

    private static MlValidationException Unreadable(string path, Exception exception) => new(
        MlErrorIds.PathNotFound, $"'{path}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception)
    {
        Target = path,
    };
}

/// <summary>A file of a model.</summary>
/// <param name="FullPath">Where it is.</param>
/// <param name="RelativePath">Path within the model, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
internal sealed record LocalFile(string FullPath, string RelativePath, long Length) : IContentFile
{
    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(OpenRead());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{FullPath}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception)
            {
                Target = FullPath,
            };
        }
    }

    /// <summary>Opens it for reading in order.</summary>
    public FileStream OpenRead() => new(
        FullPath, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
}
