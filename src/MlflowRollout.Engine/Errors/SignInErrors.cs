using System.Text.RegularExpressions;
using Azure.Identity;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Errors;

/// <summary>Failed sign-ins: the cause in one line, without the chain of what was tried before it, and the way out.</summary>
internal static partial class SignInErrors
{
    private static readonly Dictionary<string, string> ByCode = new(StringComparer.Ordinal)
    {
        ["AADSTS7000215"] = "Give the secret's value (not its id) as the password of -Credential.",
        ["AADSTS7000222"] = "The secret has expired: make a new one for the application and give that.",
        ["AADSTS700016"] = "Check -ClientId and -TenantId: the application is not known in that tenant.",
        ["AADSTS90002"] = "Check -TenantId: there is no such tenant in this cloud (-Environment).",
        ["AADSTS900023"] = "Check -TenantId: it is neither the id nor a domain of a tenant.",
        ["AADSTS700027"] = "Upload this certificate to the application, or give the one that it has.",
        ["AADSTS700021"] = "Check -ClientId and the federated credential of the application.",
        ["AADSTS70021"] = "Add a federated credential for this issuer and subject to the application or identity.",
        ["AADSTS700213"] = "Add a federated credential for this issuer and subject to the application or identity.",
        ["AADSTS700211"] = "Add a federated credential for this issuer to the application or identity.",
        ["AADSTS700024"] = "The assertion has expired: correct this machine's clock, or get a new federated token.",
        ["AADSTS50076"] = "The tenant asks for more proof: sign in with -AuthType Browser or DeviceCode.",
        ["AADSTS50079"] = "The tenant asks for more proof: sign in with -AuthType Browser or DeviceCode.",
        ["AADSTS50173"] = "The earlier sign-in was withdrawn: sign in again.",
        ["AADSTS50020"] = "Name the tenant of the subscription with -TenantId.",
        ["AADSTS53003"] = "A conditional access policy of the tenant forbids it from here: use a machine or an identity that it allows.",
        ["AADSTS65001"] = "An administrator must consent to the application of -ClientId.",
        ["AADSTS500011"] = "Check -Environment and -TenantId: Azure Resource Manager is not known in that tenant.",
        ["AADSTS7000218"] = "The application of -ClientId must allow public client flows.",
    };

    private static readonly Dictionary<MlAuthType, string> ByType = new()
    {
        [MlAuthType.Default] = "Say how to sign in with -AuthType: AzureCli after az login, AzContext after Connect-AzAccount, Browser, or ManagedIdentity on a machine in Azure.",
        [MlAuthType.AzContext] = "Run Connect-AzAccount in this session, then connect again.",
        [MlAuthType.AzureCli] = "Run az login (with --tenant where there are several), then connect again; the Azure CLI must be on the PATH.",
        [MlAuthType.ManagedIdentity] = "Give the machine or runbook a managed identity, name a user-assigned one with -ClientId, or choose another -AuthType.",
        [MlAuthType.WorkloadIdentity] = "Set AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID and AZURE_CLIENT_ID (or give -TenantId and -ClientId), and check the federated credential of the identity.",
        [MlAuthType.AzurePipelines] = "Run it in an Azure DevOps job, map its token (SYSTEM_ACCESSTOKEN: $(System.AccessToken)), and check that the service connection uses workload identity federation.",
        [MlAuthType.ServicePrincipal] = "Check -TenantId, the application's id, and its secret or certificate.",
        [MlAuthType.Browser] = "Sign in again; -AuthType DeviceCode needs no browser on this machine.",
        [MlAuthType.DeviceCode] = "Connect again and enter the code before it expires.",
        [MlAuthType.AccessToken] = "Give a new token with -AccessToken.",
    };

    /// <summary>The error of a sign-in.</summary>
    /// <param name="exception">What the credential said.</param>
    /// <param name="type">Way to sign in; null when it is not known.</param>
    public static MlConnectionException From(AuthenticationFailedException exception, MlAuthType? type)
    {
        Match refusal = Chain(exception).Select(link => RefusalRule().Match(link.Message)).LastOrDefault(match => match.Success) ?? Match.Empty;
        string cause = refusal.Success
            ? $"{refusal.Groups["code"].Value}: {refusal.Groups["text"].Value}"
            : type == MlAuthType.Default ? NothingWorked(exception) : FirstSentences(exception);
        string way = type is { } known ? $" by {known}" : string.Empty;
        string? action = refusal.Success && ByCode.TryGetValue(refusal.Groups["code"].Value, out string? byCode) ? byCode
            : type is { } named ? ByType[named]
            : "Say how to sign in with Connect-MlWorkspace -AuthType, or sign in first (Connect-AzAccount, az login).";
        Match correlation = Chain(exception).Select(link => CorrelationRule().Match(link.Message)).FirstOrDefault(match => match.Success) ?? Match.Empty;
        return new MlConnectionException(
            MlErrorIds.AuthenticationFailed,
            $"Signing in{way} failed: {SecretScrubber.Scrub(cause).TrimEnd('.', ' ')}.",
            MlErrorCategory.AuthenticationError,
            exception)
        {
            IsTerminating = true,
            Target = type?.ToString(),
            ServiceErrorCode = refusal.Success ? refusal.Groups["code"].Value : null,
            CorrelationId = correlation.Success ? correlation.Groups["id"].Value : null,
            RawBody = SecretScrubber.Scrub(string.Join(Environment.NewLine, Chain(exception).Select(link => link.Message).Distinct(StringComparer.Ordinal))),
            RecommendedAction = action,
        };
    }

    // The outermost first; what several tried credentials said is on one level.
    private static IEnumerable<Exception> Chain(Exception exception)
    {
        yield return exception;
        IEnumerable<Exception> inner = exception is AggregateException several ? several.InnerExceptions : exception.InnerException is { } one ? [one] : [];
        foreach (Exception link in inner.SelectMany(Chain))
        {
            yield return link;
        }
    }

    private static string NothingWorked(AuthenticationFailedException exception)
    {
        string[] tried = [.. TriedRule().Matches(exception.Message).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
        return tried.Length == 0 ? FirstSentences(exception) : $"this machine offers no identity that works (tried: {string.Join(", ", tried)})";
    }

    private static string FirstSentences(AuthenticationFailedException exception)
    {
        string text = exception.Message;
        int guide = text.IndexOf("See the troubleshooting guide", StringComparison.OrdinalIgnoreCase);
        text = (guide > 0 ? text[..guide] : text).Trim();
        int line = text.AsSpan().IndexOfAny('\r', '\n');
        text = PrefixRule().Replace(line < 0 ? text : text[..line].TrimEnd(' ', ':'), string.Empty);

        // What follows the second sentence are answers of what was probed.
        int first = text.IndexOf(". ", StringComparison.Ordinal);
        int second = first < 0 ? -1 : text.IndexOf(". ", first + 2, StringComparison.Ordinal);
        return second < 0 ? text : text[..second];
    }

    [GeneratedRegex(@"\A[A-Za-z]+Credential authentication (?:failed|unavailable)[:.] (?=.)")]
    private static partial Regex PrefixRule();

    [GeneratedRegex(@"(?<code>AADSTS\d+): (?<text>.*?)(?=\s*(?:Trace ID:|Correlation ID:|Timestamp:|[\r\n]|\z))")]
    private static partial Regex RefusalRule();

    [GeneratedRegex(@"Correlation ID: (?<id>[0-9a-fA-F-]{36})")]
    private static partial Regex CorrelationRule();

    [GeneratedRegex(@"^\s*-\s*(?<name>[A-Za-z]+)Credential\b", RegexOptions.Multiline)]
    private static partial Regex TriedRule();
}
