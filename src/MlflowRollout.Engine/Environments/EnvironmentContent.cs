using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Environments;

/// <summary>What an environment to register says to the service, and the name of an anonymous one.</summary>
internal static class EnvironmentContent
{
    /// <summary>Name of all anonymous environments; the version tells them apart.</summary>
    public const string AnonymousName = "CliV2AnonymousEnvironment";

    /// <summary>
    /// The version of an anonymous environment, made from its content by the rule of the official clients, so that the same content is registered once, whoever
    /// registers it.
    /// </summary>
    /// <param name="settings">What it is made of.</param>
    /// <param name="condaText">Its conda file, normalized; null for none.</param>
    /// <param name="contextHash">Hash of its build context; null for none.</param>
    public static string AnonymousVersion(MlEnvironmentSettings settings, string? condaText, string? contextHash)
    {
        string hash;
        if (contextHash is not null)
        {
            hash = Hash(contextHash);
            return Hash(settings.DockerfilePath is { Length: > 0 } dockerfile ? Interleave(hash, Hash(dockerfile)) : hash);
        }

        hash = Hash(settings.Image!);
        if (Routes(settings) is { } routes)
        {
            hash = Interleave(hash, Hash(routes.ToJsonString()));
        }

        return Hash(condaText is null ? hash : Interleave(hash, Hash(condaText)));
    }

    /// <summary>The body of its version.</summary>
    public static JsonObject Body(MlEnvironmentSettings settings, bool isAnonymous, string? condaText, string? contextUri)
    {
        JsonObject properties = new() { ["isAnonymous"] = isAnonymous, ["isArchived"] = false };
        if (settings.Description is { Length: > 0 } description)
        {
            properties["description"] = description;
        }

        if (settings.Tags is { Count: > 0 } tags)
        {
            properties["tags"] = JsonBody.FromTexts(tags);
        }

        if (condaText is not null)
        {
            properties["condaFile"] = condaText;
        }

        if (settings.Image is { } image)
        {
            properties["image"] = image;
        }

        if (contextUri is not null)
        {
            JsonObject build = new() { ["contextUri"] = contextUri };
            if (settings.DockerfilePath is { Length: > 0 } dockerfile)
            {
                build["dockerfilePath"] = dockerfile;
            }

            properties["build"] = build;
        }

        if (Routes(settings) is { } routes)
        {
            properties["inferenceConfig"] = routes;
        }

        if (settings.OsType is { Length: > 0 } system)
        {
            properties["osType"] = system;
        }

        return new JsonObject { ["properties"] = properties };
    }

    private static JsonObject? Routes(MlEnvironmentSettings settings)
    {
        JsonObject routes = [];
        Add("livenessRoute", settings.LivenessRoute);
        Add("readinessRoute", settings.ReadinessRoute);
        Add("scoringRoute", settings.ScoringRoute);
        return routes.Count > 0 ? routes : null;

        void Add(string name, MlInferenceRoute? route)
        {
            if (route is not null)
            {
                routes[name] = new JsonObject { ["path"] = route.Path, ["port"] = route.Port };
            }
        }
    }

    // One text between all characters of the other, as the official clients join their hashes.
    private static string Interleave(string between, string characters) => string.Join(between, characters.ToCharArray());

#pragma warning disable CA5351 // The rule of the official clients; it names an environment and guards nothing.
    private static string Hash(string text) => Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
#pragma warning restore CA5351
}
