using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Errors;

/// <summary>Removes what looks like a secret from text that goes into an error or a log.</summary>
internal static partial class SecretScrubber
{
    private const string Removed = "***";

    /// <summary>The text with keys, tokens and signatures removed.</summary>
    public static string Scrub(string text)
    {
        text = JsonSecret().Replace(text, "$1\"" + Removed + "\"");
        text = QuerySecret().Replace(text, "$1" + Removed);
        text = Bearer().Replace(text, "$1 " + Removed);
        text = ConnectionString().Replace(text, "$1" + Removed);
        return Jwt().Replace(text, Removed);
    }

    [GeneratedRegex("""("(?:primaryKey|secondaryKey|key|keyValue|accessToken|token|sasToken|clientSecret|password|secret|authorization)"\s*:\s*)"[^"]*"?""", RegexOptions.IgnoreCase)]
    private static partial Regex JsonSecret();

    [GeneratedRegex(@"([?&](?:sig|signature|code|access_token)=)[^&\s""']+", RegexOptions.IgnoreCase)]
    private static partial Regex QuerySecret();

    [GeneratedRegex(@"\b(Bearer|SharedKey)\s+[A-Za-z0-9._~+/=:\-]+", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\b((?:AccountKey|SharedAccessSignature)=)[^;\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*")]
    private static partial Regex Jwt();
}
