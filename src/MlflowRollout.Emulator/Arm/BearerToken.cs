using System.Security.Cryptography;
using System.Text;

namespace MlflowRollout.Emulator.Arm;

/// <summary>The one token of the control plane.</summary>
internal sealed class BearerToken(string token)
{
    private const string Scheme = "Bearer ";
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>The token of an Authorization header, or null where there is none.</summary>
    public static string? Read(HttpContext http)
    {
        string? header = http.Request.Headers.Authorization;
        return header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    public bool IsValid(string candidate) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(candidate), _token);
}
