using System.Globalization;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>The calls that read one blob.</summary>
internal sealed partial class BlobReader(EmulatorContext context, ContentStore content)
{
    public Task HeadAsync(BlobRequest request)
    {
        BlobRecord blob = Find(request);
        BlobHeaders.WriteProperties(request.Http.Response, blob);
        WriteMd5(request.Http.Response, blob, "Content-MD5");
        request.Http.Response.ContentLength = blob.Size;
        return Task.CompletedTask;
    }

    public Task GetMetadataAsync(BlobRequest request)
    {
        BlobRecord blob = Find(request);
        BlobHeaders.WriteVersion(request.Http.Response, blob);
        BlobHeaders.WriteMetadata(request.Http.Response, blob);
        request.Http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public async Task GetAsync(BlobRequest request)
    {
        BlobRecord blob = Find(request);
        (long start, long count, bool partial) = Range(request, blob.Size);
        if (!content.Has(blob.Sha256))
        {
            throw new BlobException(500, "InternalError", $"The content of the blob is missing from the emulator's data folder. Upload '{blob.Name}' again.");
        }

        HttpResponse response = request.Http.Response;
        await using FileStream file = content.OpenRead(blob.Sha256);
        BlobHeaders.WriteProperties(response, blob);
        WriteMd5(response, blob, partial ? "x-ms-blob-content-md5" : "Content-MD5");
        response.StatusCode = partial ? 206 : 200;
        response.ContentLength = count;
        if (partial)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{start + count - 1}/{blob.Size}");
        }

        file.Seek(start, SeekOrigin.Begin);
        byte[] buffer = new byte[(int)Math.Min(64 * 1024, Math.Max(1, count))];
        while (count > 0)
        {
            int read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), request.Aborted);
            if (read == 0)
            {
                throw new EndOfStreamException($"The content of {blob.Name} is shorter than its index says.");
            }

            await response.Body.WriteAsync(buffer.AsMemory(0, read), request.Aborted);
            count -= read;
        }
    }

    private BlobRecord Find(BlobRequest request)
    {
        BlobRecord blob = context.Database.Read(connection => BlobTable.Find(connection, request.Container!, request.Blob!)) ?? throw BlobException.NotFound();
        BlobHeaders.CheckConditions(request, blob);
        return blob;
    }

    private static void WriteMd5(HttpResponse response, BlobRecord blob, string header)
    {
        if (blob.ContentMd5 is not null)
        {
            response.Headers[header] = blob.ContentMd5;
        }
    }

    private static (long Start, long Count, bool Partial) Range(BlobRequest request, long size)
    {
        string? text = request.Header("x-ms-range") ?? request.Header("Range");
        if (text is null)
        {
            return (0, size, false);
        }

        Match match = RangeForm().Match(text);
        if (!match.Success
            || !long.TryParse(match.Groups["from"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long from))
        {
            // A range that is not understood is ignored, as HTTP says.
            return (0, size, false);
        }

        if (from >= size)
        {
            throw new BlobException(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
        }

        long to = long.TryParse(match.Groups["to"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long last) ? Math.Min(last, size - 1) : size - 1;
        return to < from ? (0, size, false) : (from, to - from + 1, true);
    }

    [GeneratedRegex(@"\Abytes=(?<from>\d{1,19})-(?<to>\d{0,19})\z", RegexOptions.CultureInvariant)]
    private static partial Regex RangeForm();
}
