using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>Who may call the blob service: holders of the account key, of a signature made with it, or of the emulator's token.</summary>
internal sealed class BlobAuthentication(EmulatorContext context, BearerToken bearer)
{
    private readonly SharedKeySignature _key = new(context.Identity.StorageAccount, context.Identity.StorageKey);

    public void Check(BlobRequest request)
    {
        string? header = request.Header("Authorization");
        if (header is null)
        {
            if (request.Query("sig") is null)
            {
                throw new BlobException(401, "NoAuthenticationInformation", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.");
            }

            new SharedAccessSignature(_key, context.Identity.StorageAccount, context.Time).Check(request);
            return;
        }

        int blank = header.IndexOf(' ', StringComparison.Ordinal);
        string scheme = blank < 0 ? header : header[..blank];
        string credential = blank < 0 ? string.Empty : header[(blank + 1)..].Trim();
        bool good = scheme.ToUpperInvariant() switch
        {
            "SHAREDKEY" => _key.IsValid(request.Http, credential),
            "BEARER" => bearer.IsValid(credential),
            _ => throw BlobException.Unsupported($"The authorization scheme '{scheme}' (use SharedKey, a shared access signature or the emulator's bearer token)"),
        };
        if (!good)
        {
            throw new BlobException(
                403,
                "AuthenticationFailed",
                "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.");
        }
    }
}
