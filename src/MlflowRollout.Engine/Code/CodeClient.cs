using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;
using MlflowRollout.Engine.Models;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Code;

/// <summary>Code assets of one workspace: found, or uploaded and registered.</summary>
internal sealed class CodeClient(WorkspaceConnection connection)
{
    // Anonymous code has one version; its name tells it apart.
    private const string FirstVersion = "1";

    private readonly ModelUpload _upload = new(connection);

    /// <summary>Checks code and finds what it refers to; changes nothing.</summary>
    /// <param name="source">Local path, or a reference.</param>
    /// <param name="scoringScript">Script within it; null where it is not known.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MlValidationException">It cannot be used.</exception>
    /// <exception cref="MlNotFoundException">It is not registered.</exception>
    public async Task<PreparedCode> PrepareAsync(string source, string? scoringScript, CancellationToken cancellationToken)
    {
        if (CodeReference.IsReference(source) && !Path.Exists(source))
        {
            return new PreparedCode(await FindAsync(CodeReference.Parse(source), cancellationToken).ConfigureAwait(false), null, null, null);
        }

        SourceContent content = SourceContent.Open(source, "code", MlErrorIds.CodeInvalid);
        if (scoringScript is not null)
        {
            CheckScript(content, source, scoringScript);
        }

        return new PreparedCode(
            null,
            content,
            await content.ComputeStorageHashAsync(cancellationToken).ConfigureAwait(false),
            await content.ComputeFingerprintAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The id of code, uploaded and registered where it is not there yet. The same content is registered once: its place in storage knows the asset that it was
    /// uploaded for.
    /// </summary>
    public async Task<string> PublishAsync(PreparedCode code, IMlOperationContext context, CancellationToken cancellationToken)
    {
        if (code.Id is { } id)
        {
            return id;
        }

        SourceContent content = code.Content!;
        UploadedContent uploaded = await _upload.UploadAsync(
            new ModelUpload.Content(content.Name, content.IsFolder, content.Files, code.StorageHash!) { Activity = $"Uploading code {content.Name}" },
            Guid.NewGuid().ToString(),
            FirstVersion,
            context,
            cancellationToken).ConfigureAwait(false);
        MachineLearningCodeVersionResource resource = connection.WorkspaceResource.GetMachineLearningCodeContainer(uploaded.AssetName)
            .GetMachineLearningCodeVersion(uploaded.AssetVersion ?? FirstVersion);
        // Code is a folder to the service, even where it is one file.
        string address = content.IsFolder ? uploaded.Address : uploaded.Address[..uploaded.Address.LastIndexOf('/')];
        JsonObject body = new()
        {
            ["properties"] = new JsonObject
            {
                ["codeUri"] = address,
                ["isAnonymous"] = true,
                ["isArchived"] = false,
                ["properties"] = new JsonObject { ["hash_sha256"] = code.Fingerprint, ["hash_version"] = SourceContent.FingerprintVersion },
            },
        };
        StartedOperation operation = await resource.CreateOrUpdateAsync(body, cancellationToken).ConfigureAwait(false);
        context.Verbose($"Registered code {uploaded.AssetName}:{uploaded.AssetVersion} in workspace {connection.Workspace.Name}.");
        return operation.Body.Text("id") is { Length: > 0 } registered ? registered : resource.Id.ToString();
    }

    private async Task<string> FindAsync(CodeReference reference, CancellationToken cancellationToken)
    {
        if (reference.Name is null)
        {
            return reference.Text;
        }

        MachineLearningCodeVersionResource resource = connection.WorkspaceResource.GetMachineLearningCodeContainer(reference.Name)
            .GetMachineLearningCodeVersion(reference.Version!);
        return await resource.GetIfExistsAsync(cancellationToken).ConfigureAwait(false) is not null
            ? resource.Id.ToString()
            : throw new MlNotFoundException(
                MlErrorIds.CodeNotFound, $"There is no code '{reference.Name}:{reference.Version}' in workspace {connection.Workspace.Name}. Nothing was changed.")
            {
                Target = reference.Text,
                RecommendedAction = "Give the local folder instead; it is uploaded and registered.",
            };
    }

    private static void CheckScript(SourceContent content, string source, string scoringScript)
    {
        string script = scoringScript.Replace('\\', '/');
        script = script.StartsWith("./", StringComparison.Ordinal) ? script[2..] : script;
        string? rule = Path.IsPathRooted(scoringScript) || script.Contains(':', StringComparison.Ordinal) ? "is no path within the code"
            : script.Split('/').Contains("..") ? "leaves the code folder"
            : content.Has(script) ? null
            : content.LeavesOut(script) ? $"is left out by {content.IgnoreFile}"
            : "is not in it";
        if (rule is not null)
        {
            throw new MlValidationException(
                MlErrorIds.CodeInvalid, $"The scoring script '{scoringScript}' of the code '{source}' {rule}. Nothing was changed.", MlErrorCategory.ObjectNotFound)
            {
                Target = scoringScript,
                RecommendedAction = "Give the path of the script within the code folder, such as 'score.py' or 'src/score.py'.",
            };
        }
    }
}
