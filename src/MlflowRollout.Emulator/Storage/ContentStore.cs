using System.Buffers;
using System.Security.Cryptography;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage;

/// <summary>Content of one blob or block.</summary>
internal sealed record StoredContent(string Sha256, long Size, byte[] Md5);

/// <summary>
/// Files named by the SHA-256 of what is in them. A file that is there is whole: it is written beside, forced to disk and
/// then renamed.
/// </summary>
internal sealed class ContentStore(string root, string workFolder)
{
    /// <summary>Hash of nothing.</summary>
    public const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const int BufferSize = 128 * 1024;

    public string PathOf(string sha256)
    {
        // Hashes come from our own index; a name that is none must never become a path.
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException($"'{sha256}' is not a content hash.", nameof(sha256));
        }

        return Path.Combine(root, sha256[..2], sha256);
    }

    public bool Has(string sha256) => File.Exists(PathOf(sha256));

    public FileStream OpenRead(string sha256) =>
        new(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Takes in a stream of content.</summary>
    public async Task<StoredContent> AddAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(workFolder, $"{Guid.NewGuid():N}.upload");
        try
        {
            StoredContent content;
            await using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, FileOptions.Asynchronous))
            {
                await using HashingStream hashing = new(file);
                await write(hashing, cancellationToken);
                content = hashing.Finish();
                await file.FlushAsync(cancellationToken);
                file.Flush(flushToDisk: true);
            }

            string final = PathOf(content.Sha256);
            if (File.Exists(final) && new FileInfo(final).Length == content.Size)
            {
                return content;
            }

            PrivateFile.CreateFolder(Path.GetDirectoryName(final)!);
            File.Move(temporary, final, overwrite: true);
            return content;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Copies content into a file and says whether it still has its hash.</summary>
    public async Task<bool> CopyVerifiedAsync(string sha256, string destination, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using FileStream source = OpenRead(sha256);
            await using FileStream target = new(destination, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Hex(hash.GetHashAndReset()) == sha256;
    }

    public static async Task<string> HashFileAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Hex(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>Deletes content; the caller has made sure, inside its transaction, that nothing refers to it.</summary>
    public void Delete(string sha256)
    {
        try
        {
            File.Delete(PathOf(sha256));
        }
        catch (IOException)
        {
            // Held open by a download on Windows: it stays as an orphan, which costs space and nothing else.
        }
    }

    private static string Hex(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();

    /// <summary>Hashes what is written through it.</summary>
    private sealed class HashingStream(Stream inner) : Stream
    {
        private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
#pragma warning disable CA5351 // Content-MD5 is the storage protocol's integrity check, not security
        private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        private long _size;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _size;

        public override long Position
        {
            get => _size;
            set => throw new NotSupportedException();
        }

        public StoredContent Finish() => new(Hex(_sha256.GetHashAndReset()), _size, _md5.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count)
        {
            Count(buffer.AsSpan(offset, count));
            inner.Write(buffer, offset, count);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(buffer.Span);
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _sha256.Dispose();
                _md5.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Count(ReadOnlySpan<byte> data)
        {
            _sha256.AppendData(data);
            _md5.AppendData(data);
            _size += data.Length;
        }
    }
}
