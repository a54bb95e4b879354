using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>Certificates of applications, from PEM and PFX files.</summary>
internal static class ClientCertificate
{
    private static readonly byte[] PemMark = "-----BEGIN "u8.ToArray();
    private static readonly byte[] KeyMark = "PRIVATE KEY-----"u8.ToArray();

    /// <summary>Reads a certificate with its private key.</summary>
    /// <exception cref="MlConnectionException">The file is no such certificate, or the password is wrong.</exception>
    public static X509Certificate2 Load(string path, MlConnectionRequest request)
    {
        string? password = request.CertificatePassword is { } secret ? Secret.Reveal(secret) : null;
        try
        {
            byte[] content = File.ReadAllBytes(path);
            bool isPem = Has(content, PemMark);
            if (isPem && !Has(content, KeyMark))
            {
                throw WithoutKey();
            }

            X509Certificate2 certificate = isPem ? LoadPem(path, password) : LoadPfx(path, password);
            return certificate.HasPrivateKey ? certificate : throw WithoutKey();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MlConnectionException(
                MlErrorIds.AuthenticationFailed, $"The certificate '{path}' cannot be used: {exception.Message}", MlErrorCategory.AuthenticationError, exception)
            {
                IsTerminating = true,
                Target = path,
                RecommendedAction = "Give a PEM file with certificate and private key, or a PFX file, and with -CertificatePassword the password of the one that has one.",
            };
        }
    }

    // By content: a file may have any name.
    private static bool Has(byte[] content, byte[] mark) => content.AsSpan().IndexOf(mark) >= 0;

    private static CryptographicException WithoutKey() => new("It has no private key.");

    private static X509Certificate2 LoadPem(string path, string? password) => password is null
        ? X509Certificate2.CreateFromPemFile(path)
        : X509Certificate2.CreateFromEncryptedPemFile(path, password);

    private static X509Certificate2 LoadPfx(string path, string? password)
    {
        // Keys that live in memory alone are not for macOS.
        X509KeyStorageFlags flags = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
        // The loader class that replaces this constructor is not in .NET 8.
#pragma warning disable SYSLIB0057
        return new X509Certificate2(path, password, flags);
#pragma warning restore SYSLIB0057
    }
}
