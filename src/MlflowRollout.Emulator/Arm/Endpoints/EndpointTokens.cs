using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>
/// Tokens of endpoints that authenticate by token: RS256, good for one endpoint and a day. The signing key is made when
/// the first token is asked for.
/// </summary>
internal sealed class EndpointTokens(string folder, TimeProvider time) : IDisposable
{
    private const string Action = "onlineEndpoints/score/action";
    private const int LargestCache = 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly object _gate = new();
    private readonly ConcurrentDictionary<(string Endpoint, string Token), long> _verified = new();
    private RSA? _key;

    private string KeyFile => Path.Combine(folder, "token-key.pem");

    public (string Token, DateTimeOffset Expires, DateTimeOffset RefreshAfter) Issue(string endpoint, string workspaceId)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + Lifetime;
        JsonObject claims = new()
        {
            ["iss"] = "azureml",
            ["aud"] = "azureml",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("D"),
            ["endpointName"] = endpoint,
            ["workspaceId"] = workspaceId,
            ["action"] = Action,
        };
        string signed = $"{Encode("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        byte[] signature;
        lock (_gate)
        {
            signature = Key(create: true)!.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        return ($"{signed}.{Encode(signature)}", expires, now + (Lifetime / 2));
    }

    public bool IsValid(string endpoint, string token)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        if (_verified.TryGetValue((endpoint, token), out long expires))
        {
            return now < expires;
        }

        if (Verify(endpoint, token) is not { } verified || now >= verified)
        {
            return false;
        }

        if (_verified.Count >= LargestCache)
        {
            _verified.Clear();
        }

        _verified[(endpoint, token)] = verified;
        return true;
    }

    public void Dispose() => _key?.Dispose();

    /// <summary>When the token expires, or null where it is none of ours for this endpoint.</summary>
    private long? Verify(string endpoint, string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            byte[] signature = Decode(parts[2]);
            bool good;
            lock (_gate)
            {
                good = Key(create: false)?.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? false;
            }

            if (!good)
            {
                return null;
            }

            // Ours by its signature, so its shape is known.
            JsonObject claims = JsonNode.Parse(Decode(parts[1]))!.AsObject();
            return string.Equals(claims["endpointName"]!.GetValue<string>(), endpoint, StringComparison.OrdinalIgnoreCase) ? claims["exp"]!.GetValue<long>() : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or CryptographicException)
        {
            return null;
        }
    }

    private RSA? Key(bool create)
    {
        if (_key is null && (create || File.Exists(KeyFile)))
        {
            RSA key = RSA.Create(2048);
            if (File.Exists(KeyFile))
            {
                key.ImportFromPem(File.ReadAllText(KeyFile));
            }
            else
            {
                PrivateFile.Write(KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
            }

            _key = key;
        }

        return _key;
    }

    private static string Encode(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static byte[] Decode(string text)
    {
        string padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
        return Base64.IsValid(padded) ? Convert.FromBase64String(padded) : throw new FormatException("Not base64url.");
    }
}
