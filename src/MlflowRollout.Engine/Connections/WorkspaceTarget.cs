using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Connections;

/// <summary>A workspace, fully named.</summary>
internal sealed partial record WorkspaceTarget(string SubscriptionId, string ResourceGroupName, string WorkspaceName)
{
    private const string FileName = "config.json";
    private static readonly string[] FileKeys = ["subscription_id", "resource_group", "workspace_name"];
    private static readonly string[] Variables = ["AZUREML_ARM_SUBSCRIPTION", "AZUREML_ARM_RESOURCEGROUP", "AZUREML_ARM_WORKSPACE_NAME"];
    private static readonly string[] Parameters = ["-SubscriptionId", "-ResourceGroupName", "-WorkspaceName"];

    /// <summary>
    /// Names the workspace from parameters, then a <c>config.json</c>, then environment variables, part by part. An incomplete target is an error; nothing
    /// is guessed.
    /// </summary>
    public static WorkspaceTarget Resolve(MlConnectionRequest request, Func<string, string?> environment)
    {
        List<string> looked = ["parameters"];
        string?[] parts = [Filled(request.SubscriptionId), Filled(request.ResourceGroupName), Filled(request.WorkspaceName)];
        if (request.ConfigurationPath is { } path && parts.Contains(null))
        {
            string? file = FindFile(path, looked);
            if (file is not null)
            {
                string?[] read = ReadFile(file);
                parts = [.. parts.Zip(read, (given, found) => given ?? found)];
            }
        }

        if (parts.Contains(null))
        {
            looked.Add($"environment variables {string.Join(", ", Variables)}");
            parts = [.. parts.Zip(Variables, (given, name) => given ?? Filled(environment(name)))];
        }

        string[] missing = [.. parts.Select((value, index) => (value, index)).Where(part => part.value is null).Select(part => Parameters[part.index][1..])];
        if (missing.Length > 0)
        {
            throw new MlConnectionException(
                MlErrorIds.ConnectionTargetIncomplete,
                $"The workspace is not fully named: {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing. Looked at: {string.Join("; ", looked)}.",
                MlErrorCategory.InvalidArgument)
            {
                IsTerminating = true,
                Target = string.Join(", ", missing),
                RecommendedAction = $"Give {string.Join(", ", Parameters)}, or a config.json of the workspace, or say -Emulator for an emulator on this machine.",
            };
        }

        Check(parts[0]!, parts[1]!, parts[2]!);
        return new WorkspaceTarget(parts[0]!, parts[1]!, parts[2]!);
    }

    private static void Check(string subscription, string group, string workspace)
    {
        if (!Guid.TryParse(subscription, out _))
        {
            throw Invalid("SubscriptionId", subscription, "a GUID");
        }

        if (!GroupRule().IsMatch(group))
        {
            throw Invalid("ResourceGroupName", group, "1 to 90 letters, digits, and -_.()");
        }

        if (!WorkspaceRule().IsMatch(workspace))
        {
            throw Invalid("WorkspaceName", workspace, "3 to 33 letters, digits, - and _, the first a letter or digit");
        }
    }

    private static MlConnectionException Invalid(string name, string value, string rule) =>
        new(MlErrorIds.ParameterInvalid, $"The {name} '{value}' is not {rule}.", MlErrorCategory.InvalidArgument) { IsTerminating = true, Target = value };

    private static string? FindFile(string path, List<string> looked)
    {
        if (File.Exists(path))
        {
            looked.Add(path);
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw new MlConnectionException(MlErrorIds.ConnectionFileInvalid, $"There is no file or folder '{path}'.", MlErrorCategory.ObjectNotFound)
            {
                IsTerminating = true,
                Target = path,
                RecommendedAction = "Give the path of a config.json, or of a folder in or under which one lies.",
            };
        }

        looked.Add($"{FileName} and .azureml/{FileName} from '{path}' upwards");
        for (DirectoryInfo? folder = new(path); folder is not null; folder = folder.Parent)
        {
            foreach (string candidate in new[] { Path.Combine(folder.FullName, FileName), Path.Combine(folder.FullName, ".azureml", FileName) })
            {
                if (File.Exists(candidate) && IsWorkspaceFile(candidate))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    // Other programs have a config.json too; on the way up only one with our keys counts.
    private static bool IsWorkspaceFile(string file)
    {
        try
        {
            return JsonBody.TryParseObject(File.ReadAllText(file)) is not { } body || FileKeys.Any(key => body.Text(key) is not null) || body.Text("Scope") is not null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string?[] ReadFile(string file)
    {
        JsonObject body;
        try
        {
            body = JsonBody.TryParseObject(File.ReadAllText(file)) ?? throw new InvalidDataException("it is no JSON object");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new MlConnectionException(
                MlErrorIds.ConnectionFileInvalid, $"The workspace file '{file}' cannot be used: {exception.Message.TrimEnd('.')}.", MlErrorCategory.InvalidData, exception)
            {
                IsTerminating = true,
                Target = file,
                RecommendedAction = "Download it again from the workspace, or give -SubscriptionId, -ResourceGroupName and -WorkspaceName.",
            };
        }

        // The first clients of the service wrote the id of the workspace under "Scope".
        if (body.Text("Scope") is { } scope && ScopeRule().Match(scope) is { Success: true } match)
        {
            return [match.Groups["s"].Value, match.Groups["g"].Value, match.Groups["w"].Value];
        }

        return [.. FileKeys.Select(key => Filled(body.Text(key)))];
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex(@"\A[-\w.()]{1,90}\z")]
    private static partial Regex GroupRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}\z")]
    private static partial Regex WorkspaceRule();

    [GeneratedRegex(@"/subscriptions/(?<s>[^/]+)/resourceGroups/(?<g>[^/]+)/providers/Microsoft\.MachineLearningServices/workspaces/(?<w>[^/]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ScopeRule();
}
