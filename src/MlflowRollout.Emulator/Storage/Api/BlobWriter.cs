using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>The calls that change blobs.</summary>
internal sealed class BlobWriter(EmulatorContext context, ContentStore content)
{
    private const int LargestBlockList = 16 * 1024 * 1024;
    private const string DefaultType = "application/octet-stream";

    public async Task PutBlobAsync(BlobRequest request)
    {
        string type = request.Header("x-ms-blob-type") ?? "BlockBlob";
        if (type != "BlockBlob" || request.Header("x-ms-copy-source") is not null)
        {
            throw BlobException.Unsupported(type == "BlockBlob" ? "Copying a blob" : $"A blob of type {type}");
        }

        // What is wrong with the headers is said before anything is received. The condition is checked again when the content
        // is there; failing early spares the transfer.
        BlobHeaders.CheckConditions(request, Find(request));
        _ = BlobHeaders.ReadMetadata(request);
        StoredContent stored = await ReceiveAsync(request);
        BlobRecord blob = await SetAsync(request, stored, BlobHeaders.ReadMd5(request, "x-ms-blob-content-md5") ?? Convert.ToBase64String(stored.Md5), null);
        Created(request, blob, Convert.ToBase64String(stored.Md5));
    }

    public async Task PutBlockAsync(BlobRequest request)
    {
        string block = BlockId(request.Query("blockid"));
        StoredContent stored = await ReceiveAsync(request);
        string? replaced = await context.Database.WriteAsync(
            connection =>
            {
                string? before = BlobTable.Blocks(connection, request.Container!, request.Blob!).FirstOrDefault(known => !known.Committed && known.Id == block)?.Sha256;
                BlobTable.Stage(connection, request.Container!, request.Blob!, block, Present(stored));
                return before;
            },
            request.Aborted);
        await DropAsync([replaced]);
        request.Http.Response.StatusCode = 201;
        request.Http.Response.ContentLength = 0;
        request.Http.Response.Headers["Content-MD5"] = Convert.ToBase64String(stored.Md5);
        request.Http.Response.Headers["x-ms-request-server-encrypted"] = "false";
    }

    public async Task PutBlockListAsync(BlobRequest request)
    {
        List<(string Kind, string Id)> wanted = await ReadBlockListAsync(request);
        List<BlockRecord> known = context.Database.Read(connection => BlobTable.Blocks(connection, request.Container!, request.Blob!));
        List<BlockRecord> blocks = [.. wanted.Select(entry => Choose(known, entry.Kind, entry.Id))];
        StoredContent stored = await content.AddAsync(
            async (target, cancellationToken) =>
            {
                foreach (BlockRecord block in blocks)
                {
                    await using FileStream source = content.OpenRead(block.Sha256);
                    await source.CopyToAsync(target, cancellationToken);
                }
            },
            request.Aborted);
        BlobRecord blob = await SetAsync(request, stored, BlobHeaders.ReadMd5(request, "x-ms-blob-content-md5"), blocks);
        Created(request, blob, null);
    }

    public async Task SetMetadataAsync(BlobRequest request)
    {
        JsonObject metadata = BlobHeaders.ReadMetadata(request);
        BlobRecord blob = await context.Database.WriteAsync(
            connection =>
            {
                BlobRecord existing = BlobTable.Find(connection, request.Container!, request.Blob!) ?? throw BlobException.NotFound();
                BlobHeaders.CheckConditions(request, existing);
                BlobRecord changed = existing with { Metadata = metadata, ETag = NewTag(), ModifiedAt = context.Now };
                BlobTable.Set(connection, changed);
                return changed;
            },
            request.Aborted);
        BlobHeaders.WriteVersion(request.Http.Response, blob);
        request.Http.Response.ContentLength = 0;
        request.Http.Response.Headers["x-ms-request-server-encrypted"] = "false";
    }

    public async Task SetPropertiesAsync(BlobRequest request)
    {
        BlobRecord blob = await context.Database.WriteAsync(
            connection =>
            {
                BlobRecord existing = BlobTable.Find(connection, request.Container!, request.Blob!) ?? throw BlobException.NotFound();
                BlobHeaders.CheckConditions(request, existing);
                BlobRecord changed = existing with
                {
                    ContentType = BlobHeaders.ReadContentType(request, "x-ms-blob-content-type") ?? DefaultType,
                    ContentMd5 = BlobHeaders.ReadMd5(request, "x-ms-blob-content-md5"),
                    ETag = NewTag(),
                    ModifiedAt = context.Now,
                };
                BlobTable.Set(connection, changed);
                return changed;
            },
            request.Aborted);
        BlobHeaders.WriteVersion(request.Http.Response, blob);
        request.Http.Response.ContentLength = 0;
    }

    public async Task DeleteAsync(BlobRequest request)
    {
        List<string?> unused = await context.Database.WriteAsync<List<string?>>(
            connection =>
            {
                BlobRecord existing = BlobTable.Find(connection, request.Container!, request.Blob!) ?? throw BlobException.NotFound();
                BlobHeaders.CheckConditions(request, existing);
                List<BlockRecord> blocks = BlobTable.Blocks(connection, request.Container!, request.Blob!);
                BlobTable.DeleteBlocks(connection, request.Container!, request.Blob!);
                BlobTable.Delete(connection, request.Container!, request.Blob!);
                return [existing.Sha256, .. blocks.Select(block => block.Sha256)];
            },
            request.Aborted);
        await DropAsync(unused);
        request.Http.Response.StatusCode = 202;
        request.Http.Response.ContentLength = 0;
    }

    private BlobRecord? Find(BlobRequest request) =>
        context.Database.Read(connection => BlobTable.Find(connection, request.Container!, request.Blob!));

    private async Task<StoredContent> ReceiveAsync(BlobRequest request)
    {
        if (request.Header("x-ms-structured-body") is not null)
        {
            throw BlobException.Unsupported("A structured message body");
        }

        long? length = request.Http.Request.ContentLength;
        if (length is null)
        {
            throw new BlobException(411, "MissingContentLengthHeader", "Content-Length HTTP header is required.");
        }

        StoredContent stored = await content.AddAsync((target, cancellationToken) => request.Http.Request.Body.CopyToAsync(target, cancellationToken), request.Aborted);
        if (request.Header("Content-MD5") is { Length: > 0 } sent && sent != Convert.ToBase64String(stored.Md5))
        {
            await DropAsync([stored.Sha256]);
            throw new BlobException(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.");
        }

        return stored;
    }

    private async Task<BlobRecord> SetAsync(BlobRequest request, StoredContent stored, string? md5, List<BlockRecord>? blocks)
    {
        JsonObject metadata = BlobHeaders.ReadMetadata(request);
        string type = BlobHeaders.ReadContentType(request, "x-ms-blob-content-type")
            ?? (blocks is null ? BlobHeaders.ReadContentType(request, "Content-Type") : null)
            ?? DefaultType;
        (BlobRecord set, List<string?> unused) = await context.Database.WriteAsync<(BlobRecord, List<string?>)>(
            connection =>
            {
                BlobRecord? before = BlobTable.Find(connection, request.Container!, request.Blob!);
                BlobHeaders.CheckConditions(request, before);
                List<BlockRecord> old = BlobTable.Blocks(connection, request.Container!, request.Blob!);
                BlobTable.DeleteBlocks(connection, request.Container!, request.Blob!);
                BlobTable.AddCommitted(connection, request.Container!, request.Blob!, blocks ?? []);
                BlobRecord blob = new(
                    request.Container!,
                    request.Blob!,
                    Present(stored).Sha256,
                    stored.Size,
                    md5,
                    type,
                    NewTag(),
                    before?.CreatedAt ?? context.Now,
                    context.Now,
                    metadata);
                BlobTable.Set(connection, blob);
                return (blob, [before?.Sha256, .. old.Select(block => block.Sha256)]);
            },
            request.Aborted);
        await DropAsync(unused);
        return set;
    }

    /// <summary>
    /// Content that another request has just dropped as unused must not be referred to. Adding and dropping meet inside the
    /// one writer, so what is there now stays.
    /// </summary>
    private StoredContent Present(StoredContent stored) =>
        content.Has(stored.Sha256)
            ? stored
            : throw new BlobException(503, "ServerBusy", "The content was removed by another request meanwhile. Send it again.");

    /// <summary>
    /// Deletes content that nothing refers to any more: after the change is stored, so that a crash in between leaves an orphan (swept at the next
    /// start), never a hole; and inside the one writer, so that nobody begins to refer to it meanwhile.
    /// </summary>
    private async Task DropAsync(IEnumerable<string?> hashes)
    {
        List<string> candidates = [.. hashes.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (candidates.Count > 0)
        {
            await context.Database.WriteAsync(
                connection =>
                {
                    foreach (string sha256 in candidates.Where(sha256 => !BlobTable.IsReferenced(connection, sha256)))
                    {
                        content.Delete(sha256);
                    }
                },
                CancellationToken.None);
        }
    }

    private static void Created(BlobRequest request, BlobRecord blob, string? md5)
    {
        HttpResponse response = request.Http.Response;
        response.StatusCode = 201;
        response.ContentLength = 0;
        BlobHeaders.WriteVersion(response, blob);
        response.Headers["x-ms-request-server-encrypted"] = "false";
        if (md5 is not null)
        {
            response.Headers["Content-MD5"] = md5;
        }
    }

    private static BlockRecord Choose(List<BlockRecord> known, string kind, string id)
    {
        BlockRecord? committed = known.Find(block => block.Committed && block.Id == id);
        BlockRecord? staged = known.Find(block => !block.Committed && block.Id == id);
        return kind switch
        {
            "Committed" => committed,
            "Uncommitted" => staged,
            _ => staged ?? committed,
        } ?? throw new BlobException(400, "InvalidBlockList", "The specified block list is invalid: it names a block that was not put.");
    }

    private static string BlockId(string? id)
    {
        Span<byte> bytes = stackalloc byte[64];
        return id is { Length: > 0 and <= 88 } && Convert.TryFromBase64String(id, bytes, out _)
            ? id
            : throw BlobException.InvalidQuery("blockid", "must be base64 of 1 to 64 bytes");
    }

    private static async Task<List<(string Kind, string Id)>> ReadBlockListAsync(BlobRequest request)
    {
        if (request.Http.Request.ContentLength is null or > LargestBlockList)
        {
            throw new BlobException(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
        }

        using StreamReader reader = new(request.Http.Request.Body, Encoding.UTF8);
        string text = await reader.ReadToEndAsync(request.Aborted);
        List<(string, string)> blocks = [];
        try
        {
            using XmlReader xml = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (xml.Read())
            {
                if (xml.NodeType == XmlNodeType.Element && xml.Name is "Latest" or "Committed" or "Uncommitted")
                {
                    string kind = xml.Name;
                    if (xml.Read() && xml.NodeType == XmlNodeType.Text)
                    {
                        blocks.Add((kind, BlockId(xml.Value.Trim())));
                    }
                }
            }
        }
        catch (XmlException)
        {
            throw new BlobException(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");
        }

        return blocks;
    }

    private static string NewTag() => $"\"0x{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..16]}\"";
}
