using System.Security;
using MlflowRollout.Services;

namespace MlflowRollout.Connections;

/// <summary>Which parameters go with which way to sign in. All that is wrong is said at once.</summary>
internal static class SignInParameters
{
    private const string PipelineTokenVariable = "SYSTEM_ACCESSTOKEN";

    private static readonly Dictionary<MlAuthType, (string[] Needed, string[] Allowed)> Rules = new()
    {
        [MlAuthType.Default] = ([], ["TenantId", "ClientId"]),
        [MlAuthType.AzContext] = ([], ["TenantId"]),
        [MlAuthType.ManagedIdentity] = ([], ["ClientId"]),
        [MlAuthType.WorkloadIdentity] = ([], ["TenantId", "ClientId"]),
        [MlAuthType.AzurePipelines] = (["ServiceConnectionId", "TenantId", "ClientId", "AccessToken"], []),
        [MlAuthType.ServicePrincipal] = (["TenantId"], ["ClientId", "Credential", "CertificatePath", "CertificatePassword"]),
        [MlAuthType.AzureCli] = ([], ["TenantId"]),
        [MlAuthType.Browser] = ([], ["TenantId", "ClientId"]),
        [MlAuthType.DeviceCode] = ([], ["TenantId", "ClientId"]),
        [MlAuthType.AccessToken] = (["AccessToken"], []),
    };

    /// <summary>Checks what was given.</summary>
    /// <param name="authType">Way to sign in.</param>
    /// <param name="values">Values by parameter; null for those not given.</param>
    /// <exception cref="MlValidationException">Something is missing or does not go together.</exception>
    internal static void Check(MlAuthType authType, IReadOnlyDictionary<string, object?> values)
    {
        (string[] needed, string[] allowed) = Rules[authType];
        HashSet<string> given = [.. values.Where(pair => pair.Value is not null).Select(pair => pair.Key)];
        if (authType == MlAuthType.AzurePipelines && HasPipelineToken)
        {
            needed = [.. needed.Except(["AccessToken"])];
            allowed = [.. allowed, "AccessToken"];
        }

        List<string> problems =
        [
            .. needed.Where(name => !given.Contains(name)).Select(name => $"-{name} is missing"),
            .. given.Where(name => !needed.Contains(name) && !allowed.Contains(name)).Order(StringComparer.Ordinal).Select(name => $"-{name} {Home(name)}"),
        ];
        if (authType == MlAuthType.ServicePrincipal)
        {
            problems.AddRange(CheckServicePrincipal(given));
        }

        if (problems.Count > 0)
        {
            throw new MlValidationException(MlErrorIds.ParameterConflict, $"-AuthType {authType}: {string.Join("; ", problems)}.")
            {
                IsTerminating = true,
                RecommendedAction = $"For {authType} give {Summary(authType)}.",
            };
        }
    }

    /// <summary>The Azure DevOps job's token, where its variable was mapped into the environment; else null.</summary>
    internal static SecureString? PipelineToken() =>
        Environment.GetEnvironmentVariable(PipelineTokenVariable) is { Length: > 0 } text ? SecretText.Protect(text) : null;

    private static bool HasPipelineToken => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(PipelineTokenVariable));

    private static IEnumerable<string> CheckServicePrincipal(HashSet<string> given)
    {
        bool secret = given.Contains("Credential");
        bool certificate = given.Contains("CertificatePath");
        if (secret && certificate)
        {
            yield return "-Credential and -CertificatePath exclude each other";
        }
        else if (!secret && !certificate)
        {
            yield return "-Credential or -CertificatePath is missing";
        }

        if (secret && given.Contains("ClientId"))
        {
            yield return "-ClientId is the user name of -Credential already";
        }

        if (certificate && !secret && !given.Contains("ClientId"))
        {
            yield return "-ClientId is missing beside -CertificatePath";
        }

        if (given.Contains("CertificatePassword") && !certificate)
        {
            yield return "-CertificatePassword is of no use without -CertificatePath";
        }
    }

    private static string Home(string parameter)
    {
        string[] types = [.. Rules.Where(rule => rule.Value.Needed.Contains(parameter) || rule.Value.Allowed.Contains(parameter)).Select(rule => rule.Key.ToString())];
        return $"is for -AuthType {string.Join(" or ", types)}";
    }

    private static string Summary(MlAuthType authType) => authType switch
    {
        MlAuthType.ServicePrincipal => "-TenantId and either -Credential, or -ClientId with -CertificatePath",
        MlAuthType.AzurePipelines => $"-ServiceConnectionId, -TenantId, -ClientId and -AccessToken (or map System.AccessToken to the environment variable {PipelineTokenVariable})",
        _ when Rules[authType] is ({ Length: > 0 } needed, _) => string.Join(", ", needed.Select(name => $"-{name}")),
        _ when Rules[authType] is (_, { Length: > 0 } allowed) => $"at most {string.Join(", ", allowed.Select(name => $"-{name}"))}",
        _ => "nothing else",
    };
}
