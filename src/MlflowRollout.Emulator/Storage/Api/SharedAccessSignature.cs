using System.Globalization;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>Shared access signatures of the account key: of an account, a container or a blob.</summary>
internal sealed class SharedAccessSignature(SharedKeySignature key, string account, TimeProvider time)
{
    /// <summary>The first version with the encryption scope in what is signed.</summary>
    private const string WithEncryptionScope = "2020-12-06";
    private const string Oldest = "2018-11-09";

    public void Check(BlobRequest request)
    {
        string version = Value(request, "sv");
        if (string.CompareOrdinal(version, Oldest) < 0)
        {
            throw BlobException.Unsupported($"A shared access signature of version '{version}' (below {Oldest})");
        }

        if (Value(request, "skoid").Length > 0 || Value(request, "si").Length > 0)
        {
            throw BlobException.Unsupported("A shared access signature of a user delegation key or of a stored access policy");
        }

        bool scoped = string.CompareOrdinal(version, WithEncryptionScope) >= 0;
        string text = Value(request, "ss").Length > 0 ? AccountText(request, scoped) : ServiceText(request, scoped);
        if (!key.Matches(text, Value(request, "sig")))
        {
            throw Failed("Signature did not match.");
        }

        CheckTime(request);
        CheckPermission(request);
    }

    private string AccountText(BlobRequest request, bool scoped)
    {
        if (!Value(request, "ss").Contains('b', StringComparison.Ordinal))
        {
            throw Failed("The signature is not for the blob service.");
        }

        List<string> fields = [account, .. Values(request, "sp", "ss", "srt", "st", "se", "sip", "spr", "sv")];
        if (scoped)
        {
            fields.Add(Value(request, "ses"));
        }

        return string.Join('\n', fields) + "\n";
    }

    private string ServiceText(BlobRequest request, bool scoped)
    {
        string resource = Value(request, "sr") switch
        {
            "c" => $"/blob/{account}/{request.Container}",
            "b" => $"/blob/{account}/{request.Container}/{request.Blob}",
            { } other => throw BlobException.Unsupported($"A shared access signature for the resource type '{other}'"),
        };
        List<string> fields = [.. Values(request, "sp", "st", "se"), resource, .. Values(request, "si", "sip", "spr", "sv", "sr", "snapshot")];
        if (scoped)
        {
            fields.Add(Value(request, "ses"));
        }

        return string.Join('\n', [.. fields, .. Values(request, "rscc", "rscd", "rsce", "rscl", "rsct")]);
    }

    private void CheckTime(BlobRequest request)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!TryTime(Value(request, "se"), out DateTimeOffset end) || now > end)
        {
            throw Failed("The signature has expired or has no expiry.");
        }

        if (Value(request, "st") is { Length: > 0 } start && (!TryTime(start, out DateTimeOffset from) || now < from))
        {
            throw Failed("The signature is not valid yet.");
        }
    }

    private static void CheckPermission(BlobRequest request)
    {
        string needed = request.Http.Request.Method switch
        {
            "GET" when request.Blob is null => "l",
            "GET" or "HEAD" => "r",
            "DELETE" => "d",
            _ => "wc",
        };
        if (Value(request, "sp").IndexOfAny(needed.ToCharArray()) < 0)
        {
            throw new BlobException(403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
        }
    }

    private static bool TryTime(string text, out DateTimeOffset value) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value);

    private static IEnumerable<string> Values(BlobRequest request, params string[] names) => names.Select(name => Value(request, name));

    private static string Value(BlobRequest request, string name) => request.Query(name) ?? string.Empty;

    private static BlobException Failed(string reason) =>
        new(403, "AuthenticationFailed", $"Server failed to authenticate the request. {reason}");
}
