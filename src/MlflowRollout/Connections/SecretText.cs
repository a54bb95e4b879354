using System.Net;
using System.Security;

namespace MlflowRollout.Connections;

/// <summary>Turns secrets to text and back; called as late as possible.</summary>
internal static class SecretText
{
    /// <summary>Protects a text.</summary>
    internal static SecureString Protect(string text)
    {
        var secret = new SecureString();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>The text of a secret.</summary>
    internal static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;
}
