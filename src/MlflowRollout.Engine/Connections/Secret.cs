using System.Net;
using System.Security;

namespace MlflowRollout.Engine.Connections;

/// <summary>Between <see cref="SecureString"/> and text, as late and as briefly as possible.</summary>
internal static class Secret
{
    /// <summary>Text as a read-only secret.</summary>
    public static SecureString From(string text)
    {
        SecureString secret = new();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>The text; for the moment of use only.</summary>
    public static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;
}
