using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlflowRollout.Engine.Models;

/// <summary>
/// The hash of a model's content: SHA-256 over relative path, length and bytes of each file, in the ordinal order of the paths. Files must be given in that order.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _number = new byte[sizeof(long)];

    /// <summary>Begins a file.</summary>
    public void Begin(string relativePath, long length)
    {
        byte[] name = Encoding.UTF8.GetBytes(relativePath);
        AppendNumber(name.Length);
        _hash.AppendData(name);
        AppendNumber(length);
    }

    /// <summary>Adds bytes of the file that was begun.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Adds all that a stream holds.</summary>
    public async Task AppendAsync(Stream stream, Action<long>? read, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[128 * 1024];
        long total = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            _hash.AppendData(buffer, 0, count);
            read?.Invoke(total += count);
        }
    }

    /// <summary>The hash, hex, of all that was given.</summary>
    public string Finish() => Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AppendNumber(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, value);
        _hash.AppendData(_number);
    }
}
