namespace MlflowRollout.Engine.Models;

/// <summary>A file whose bytes go into a hash as they are read; files must be read whole, one after the other.</summary>
internal sealed class HashedFile(IContentFile inner, ContentHash hash) : IContentFile
{
    /// <inheritdoc/>
    public string RelativePath => inner.RelativePath;

    /// <inheritdoc/>
    public long Length => inner.Length;

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(CancellationToken cancellationToken)
    {
        hash.Begin(RelativePath, Length);
        return new Reader(await inner.OpenReadAsync(cancellationToken).ConfigureAwait(false), hash);
    }

    // Cannot seek, so that what reads it keeps a block in memory for a second attempt and never reads a byte twice.
    private sealed class Reader(Stream inner, ContentHash hash) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            hash.Append(buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            hash.Append(buffer.AsSpan(offset, read));
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
