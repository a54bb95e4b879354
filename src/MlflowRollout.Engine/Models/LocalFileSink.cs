namespace MlflowRollout.Engine.Models;

/// <summary>
/// A new local file that is written in order. A failure of the disk leaves as an error about the file, so that it is not taken for one of the storage that
/// the bytes come from.
/// </summary>
internal sealed class LocalFileSink : Stream
{
    private readonly string _path;
    private readonly FileStream _file;

    private LocalFileSink(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _file.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes the file; it must not exist.</summary>
    public static LocalFileSink Create(string path) => Guard(path, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new LocalFileSink(path, new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous }));
    });

    /// <summary>Does something with the local file system; its failure is an error about the path.</summary>
    public static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, exception);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(_path, exception);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Guard(_path, () =>
    {
        _file.Write(buffer, offset, count);
        return true;
    });

    /// <inheritdoc/>
    public override void Flush() => Guard(_path, () =>
    {
        _file.Flush();
        return true;
    });

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(_path, exception);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static MlValidationException NotWritable(string path, Exception exception) => new(
        MlErrorIds.PathNotWritable, $"'{path}' cannot be written: {exception.Message}", MlErrorCategory.WriteError, exception)
    {
        Target = path,
        RecommendedAction = "Check the free space and the rights of the folder, or give another -Path.",
    };
}
