using System.Security.Cryptography;
using System.Text;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>The SharedKey authorization of the storage service (public protocol: "Authorize with Shared Key").</summary>
internal sealed class SharedKeySignature(string account, string key)
{
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    private readonly byte[] _key = Convert.FromBase64String(key);

    /// <summary>Checks the credential of an Authorization header, the part after the scheme.</summary>
    public bool IsValid(HttpContext http, string credential)
    {
        int colon = credential.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && credential[..colon] == account && Matches(StringToSign(http), credential[(colon + 1)..]);
    }

    /// <summary>Whether a text has this signature.</summary>
    public bool Matches(string text, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(text)), Encoding.UTF8.GetBytes(signature));

    /// <summary>The signature of a text.</summary>
    public string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    private string StringToSign(HttpContext http)
    {
        StringBuilder text = new();
        text.Append(http.Request.Method).Append('\n');
        bool hasDate = http.Request.Headers.ContainsKey("x-ms-date");
        foreach (string name in SignedHeaders)
        {
            string value = http.Request.Headers[name].ToString();
            bool blank = (name == "Content-Length" && value == "0") || (name == "Date" && hasDate);
            text.Append(blank ? string.Empty : value).Append('\n');
        }

        foreach ((string name, var values) in http.Request.Headers
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(header => header.Key.ToLowerInvariant(), StringComparer.Ordinal))
        {
            text.Append(name.ToLowerInvariant()).Append(':').Append(string.Join(',', values.ToArray()).Trim()).Append('\n');
        }

        text.Append('/').Append(account).Append(RawTarget.PathOf(http));
        foreach ((string name, var values) in http.Request.Query.OrderBy(parameter => parameter.Key.ToLowerInvariant(), StringComparer.Ordinal))
        {
            text.Append('\n').Append(name.ToLowerInvariant()).Append(':').AppendJoin(',', values.OrderBy(value => value, StringComparer.Ordinal));
        }

        return text.ToString();
    }
}
