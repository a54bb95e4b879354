using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MlflowRollout.Engine.Endpoints;

/// <summary>Rules of names, checked before any call.</summary>
internal static partial class ResourceNames
{
    /// <summary>Shortest name of an endpoint or deployment.</summary>
    public const int Shortest = 3;

    /// <summary>Longest name of an endpoint or deployment.</summary>
    public const int Longest = 32;

    private const int LongestPair = 62;
    private const int SuffixLength = 6;
    private const string SuffixLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>Refuses a name that breaks the service's rule.</summary>
    /// <param name="kind"><c>endpoint</c> or <c>deployment</c>.</param>
    /// <param name="name">The name.</param>
    public static void Check(string kind, string name)
    {
        string? broken = BrokenRule(name);
        if (broken is null)
        {
            return;
        }

        throw new MlValidationException(
            MlErrorIds.NameInvalid,
            $"'{name}' is no valid name of {(kind == "endpoint" ? "an endpoint" : "a deployment")}: {broken}. A name has 3 to 32 letters, digits and hyphens, starts with a letter and ends with a letter or digit.")
        {
            Target = name,
            RecommendedAction = $"Take a name such as '{Suggest(name, kind)}'.",
        };
    }

    /// <summary>Refuses a name of a model that breaks the service's rule.</summary>
    public static void CheckModel(string name)
    {
        if (!ModelRule().IsMatch(name))
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid,
                $"'{name}' is no valid name of a model. A name has 1 to 255 letters, digits, hyphens and underscores and starts with a letter or digit.")
            {
                Target = name,
                RecommendedAction = $"Take a name such as '{SuggestModel(name)}'.",
            };
        }
    }

    /// <summary>Refuses a name of an environment that breaks the service's rule.</summary>
    public static void CheckEnvironment(string name)
    {
        if (!EnvironmentRule().IsMatch(name))
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid,
                $"'{name}' is no valid name of an environment. A name has 1 to 255 letters, digits, hyphens, underscores and dots and starts with a letter or digit.")
            {
                Target = name,
                RecommendedAction = $"Take a name such as '{SuggestModel(name)}'.",
            };
        }
    }

    /// <summary>Refuses two names that are too long together: on a Kubernetes cluster they become one.</summary>
    public static void CheckKubernetesPair(string endpointName, string deploymentName)
    {
        int length = endpointName.Length + deploymentName.Length;
        if (length > LongestPair)
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid,
                string.Create(CultureInfo.InvariantCulture, $"The names of endpoint '{endpointName}' and deployment '{deploymentName}' have {length} characters together; on a Kubernetes endpoint they may have {LongestPair}. Nothing was changed."))
            {
                Target = deploymentName,
                RecommendedAction = "Give the deployment a shorter name.",
            };
        }
    }

    /// <summary>Refuses a version of a model that cannot be part of an address.</summary>
    public static void CheckVersion(string version)
    {
        if (version.Trim() is "" or "." or ".." || version.Length > 255 || version.Any(character => char.IsControl(character) || character is '/' or '\\'))
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid, $"'{version}' is no valid version of a model. A version is a short text such as 3 or 1.2.0, without slashes.")
            {
                Target = version,
                RecommendedAction = "Take a version such as 1, or leave it out for the next one.",
            };
        }
    }

    /// <summary>The name with a suffix made from workspace and name, the same every time.</summary>
    public static string WithUniqueSuffix(string name, string workspaceId)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(workspaceId.ToUpperInvariant() + "\n" + name.ToUpperInvariant()));
        return WithSuffix(name, [.. hash.Take(SuffixLength).Select(value => SuffixLetters[value % SuffixLetters.Length])]);
    }

    /// <summary>The name with a random suffix.</summary>
    public static string WithRandomSuffix(string name, Random random)
    {
        lock (random)
        {
            return WithSuffix(name, [.. Enumerable.Range(0, SuffixLength).Select(_ => SuffixLetters[random.Next(SuffixLetters.Length)])]);
        }
    }

    private static string WithSuffix(string name, char[] suffix)
    {
        if (name.Length + 1 + SuffixLength > Longest)
        {
            throw new MlValidationException(
                MlErrorIds.NameInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' is too long for a suffix: with one, the name may have {Longest - 1 - SuffixLength} characters (it has {name.Length}), so that the whole stays within {Longest}."))
            {
                Target = name,
                RecommendedAction = $"Take a name such as '{Suggest(name[..(Longest - 1 - SuffixLength)], "endpoint")}'.",
            };
        }

        return $"{name.TrimEnd('-')}-{new string(suffix)}";
    }

    private static string? BrokenRule(string name) => name switch
    {
        { Length: < Shortest } => string.Create(CultureInfo.InvariantCulture, $"it has {name.Length} characters"),
        { Length: > Longest } => string.Create(CultureInfo.InvariantCulture, $"it has {name.Length} characters"),
        _ when !char.IsAsciiLetter(name[0]) => $"it starts with '{name[0]}'",
        _ when name.FirstOrDefault(character => !char.IsAsciiLetterOrDigit(character) && character != '-') is var bad && bad != default => $"it has the character '{bad}'",
        _ when !EndpointRule().IsMatch(name) => $"it ends with '{name[^1]}'",
        _ => null,
    };

    private static string Suggest(string name, string kind)
    {
        string made = OtherCharacters().Replace(name, "-").Trim('-');
        if (made.Length == 0 || !char.IsAsciiLetter(made[0]))
        {
            made = $"{(kind == "endpoint" ? "endpoint" : "deployment")}-{made}".TrimEnd('-');
        }

        if (made.Length > Longest)
        {
            made = made[..Longest].TrimEnd('-');
        }

        return made.Length < Shortest ? $"{made}-{(kind == "endpoint" ? "endpoint" : "deployment")}" : made;
    }

    private static string SuggestModel(string name)
    {
        string made = OtherModelCharacters().Replace(name, "-").Trim('-', '_');
        return made.Length == 0 ? "my-model" : made[..Math.Min(made.Length, 255)];
    }

    [GeneratedRegex(@"\A[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?\z")]
    private static partial Regex EndpointRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}\z")]
    private static partial Regex ModelRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}\z")]
    private static partial Regex EnvironmentRule();

    [GeneratedRegex("[^a-zA-Z0-9-]+")]
    private static partial Regex OtherCharacters();

    [GeneratedRegex("[^a-zA-Z0-9_-]+")]
    private static partial Regex OtherModelCharacters();
}
