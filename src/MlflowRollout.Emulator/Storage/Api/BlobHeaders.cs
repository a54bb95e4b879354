using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>Headers between blobs and the wire.</summary>
internal static class BlobHeaders
{
    private const string MetadataPrefix = "x-ms-meta-";

    public static JsonObject ReadMetadata(BlobRequest request)
    {
        JsonObject metadata = [];
        foreach ((string name, var value) in request.Http.Request.Headers)
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                string text = value.ToString();
                metadata[name[MetadataPrefix.Length..]] = HeaderText.IsSafe(text)
                    ? text
                    : throw new BlobException(400, "InvalidMetadata", $"The metadata '{name}' has characters that headers cannot carry. Encode its value.");
            }
        }

        return metadata;
    }

    /// <summary>A checksum as the client gives it to be stored; null where it gives none.</summary>
    public static string? ReadMd5(BlobRequest request, string name)
    {
        string? text = request.Header(name);
        Span<byte> hash = stackalloc byte[16];
        return string.IsNullOrEmpty(text)
            ? null
            : Convert.TryFromBase64String(text, hash, out int length) && length == 16
                ? text
                : throw new BlobException(400, "InvalidMd5", $"The value of the header {name} is no MD5 in base64.");
    }

    public static string? ReadContentType(BlobRequest request, string name) =>
        request.Header(name) is not { Length: > 0 } text
            ? null
            : HeaderText.IsSafe(text) ? text : throw BlobException.InvalidHeader(name, "has characters that headers cannot carry");

    public static void WriteMetadata(HttpResponse response, BlobRecord blob)
    {
        foreach ((string name, JsonNode? value) in blob.Metadata)
        {
            response.Headers[MetadataPrefix + name] = value!.GetValue<string>();
        }
    }

    /// <summary>What answers about a changed blob carry.</summary>
    public static void WriteVersion(HttpResponse response, BlobRecord blob)
    {
        response.Headers.ETag = blob.ETag;
        response.Headers.LastModified = blob.ModifiedAt.ToString("R", CultureInfo.InvariantCulture);
    }

    public static void WriteProperties(HttpResponse response, BlobRecord blob)
    {
        WriteVersion(response, blob);
        WriteMetadata(response, blob);
        response.ContentType = blob.ContentType;
        response.Headers.AcceptRanges = "bytes";
        response.Headers["x-ms-blob-type"] = "BlockBlob";
        response.Headers["x-ms-creation-time"] = blob.CreatedAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers["x-ms-lease-status"] = "unlocked";
        response.Headers["x-ms-lease-state"] = "available";
        response.Headers["x-ms-server-encrypted"] = "false";
        response.Headers["x-ms-access-tier"] = "Hot";
        response.Headers["x-ms-access-tier-inferred"] = "true";
    }

    /// <summary>Checks the conditions of a request against the blob that is there.</summary>
    public static void CheckConditions(BlobRequest request, BlobRecord? existing)
    {
        string? match = request.Header("If-Match");
        if (match is not null && (existing is null || (match != "*" && match != existing.ETag)))
        {
            throw BlobException.Condition();
        }

        string? noneMatch = request.Header("If-None-Match");
        if (noneMatch is null || existing is null)
        {
            return;
        }

        bool reads = request.Http.Request.Method is "GET" or "HEAD";
        if (noneMatch == "*" && !reads)
        {
            throw new BlobException(409, "BlobAlreadyExists", "The specified blob already exists.");
        }

        if (noneMatch == existing.ETag)
        {
            throw reads ? new BlobException(304, "ConditionNotMet", "The blob has not changed.") : BlobException.Condition();
        }
    }
}
