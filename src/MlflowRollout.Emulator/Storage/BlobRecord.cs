using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Storage;

/// <summary>One committed blob.</summary>
internal sealed record BlobRecord(
    string Container,
    string Name,
    string Sha256,
    long Size,
    string? ContentMd5,
    string ContentType,
    string ETag,
    DateTimeOffset CreatedAt,
    DateTimeOffset ModifiedAt,
    JsonObject Metadata);

/// <summary>One block of a blob; committed ones make up its content, the others wait for a block list.</summary>
internal sealed record BlockRecord(string Id, bool Committed, int Position, string Sha256, long Size);
