using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>
/// The certificate that the emulator shows and the authority that clients trust. The authority's key is dropped as soon as
/// it has signed, so nobody who reads the data folder can sign for other hosts.
/// </summary>
internal static class TlsIdentity
{
    // Some systems refuse certificates of local authorities that are valid for longer.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(800);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public static string AuthorityFile(string folder) => Path.Combine(folder, "ca.pem");

    /// <summary>The stored server certificate, or a new one together with a new authority.</summary>
    public static X509Certificate2 Load(string folder, string storageAccount, TimeProvider time)
    {
        string serverFile = Path.Combine(folder, "server.pem");
        string blobHost = $"{storageAccount}.blob.core.windows.net";
        if (!File.Exists(serverFile) || !File.Exists(AuthorityFile(folder)) || !IsUsable(serverFile, blobHost, time))
        {
            Create(folder, serverFile, blobHost, time);
        }

        X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(serverFile, serverFile);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Windows' TLS needs a key that it holds itself.
        using (certificate)
        {
#pragma warning disable SYSLIB0057 // the replacement does not exist on .NET 8
            return new X509Certificate2(certificate.Export(X509ContentType.Pfx));
#pragma warning restore SYSLIB0057
        }
    }

    private static bool IsUsable(string serverFile, string blobHost, TimeProvider time)
    {
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(serverFile, serverFile);
            return certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime > RenewBefore && certificate.MatchesHostname(blobHost);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void Create(string folder, string serverFile, string blobHost, TimeProvider time)
    {
        DateTimeOffset from = time.GetUtcNow().AddHours(-1);
        DateTimeOffset to = from + Lifetime;
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authorityRequest = new("CN=MlflowRollout emulator authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, to);

        using ECDsa serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest serverRequest = new("CN=MlflowRollout emulator", serverKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName(blobHost);
        serverRequest.CertificateExtensions.Add(names.Build());
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        serverRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        serverRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(serverRequest.PublicKey, false));
        serverRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using X509Certificate2 server = serverRequest.Create(authority, from, to, serial);

        File.Delete(serverFile);
        File.WriteAllText(AuthorityFile(folder), authority.ExportCertificatePem() + "\n");
        PrivateFile.Write(serverFile, server.ExportCertificatePem() + "\n" + serverKey.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
