using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;

namespace MlflowRollout.Emulator.Arm.Packages;

/// <summary>What a package is to be. The target is named in either of the service's two ways.</summary>
/// <param name="Name">Name of the environment that the package becomes.</param>
/// <param name="Version">Its version; null for the next one.</param>
internal sealed partial record PackageRequest(JsonObject Source, string Name, string? Version, string ServerType)
{
    /// <summary>Member of a stored environment version, beside its properties, that no client sees.</summary>
    public const string Member = "package";

    private const string InvalidDetail = "ModelPackageError";
    private const string TargetName = "targetEnvironmentName";
    private const string TargetVersion = "targetEnvironmentVersion";
    private const string TargetId = "targetEnvironmentId";
    private static readonly string[] ServerTypes = ["AzureMLOnline", "AzureMLBatch", "Triton", "Custom"];

    public JsonObject? Tags => Source.OptionalTextMap("tags", "tags");

    private string? CodeId => Server?.OptionalObject("codeConfiguration", "inferencingServer.codeConfiguration")?.OptionalText("codeId", "inferencingServer.codeConfiguration.codeId");

    private string? BaseEnvironment => Source.OptionalObject("baseEnvironmentSource", "baseEnvironmentSource")?.OptionalText("resourceId", "baseEnvironmentSource.resourceId");

    private JsonObject? Server => Source.OptionalObject("inferencingServer", "inferencingServer");

    public static PackageRequest Read(JsonObject source, WorkspaceIdentity identity)
    {
        string? type = source.OptionalObject("inferencingServer", "inferencingServer")?.OptionalText("serverType", "inferencingServer.serverType");
        string known = Array.Find(ServerTypes, word => word.Equals(type, StringComparison.OrdinalIgnoreCase))
            ?? throw ArmErrors.InvalidContent($"The request content was invalid: 'inferencingServer.serverType' must be one of {string.Join(", ", ServerTypes)}, not '{type}'.", "inferencingServer.serverType");
        string? name = source.OptionalText(TargetName, TargetName);
        string? version = source.OptionalText(TargetVersion, TargetVersion);
        if (source.OptionalText(TargetId, TargetId) is { Length: > 0 } id)
        {
            (name, version) = ReadId(id, identity);
        }

        if (string.IsNullOrEmpty(name))
        {
            throw ArmErrors.InvalidContent($"The request content was invalid: '{TargetName}' or '{TargetId}' is missing.", TargetName);
        }

        ResourceNames.CheckAsset("environment", name);
        if (version is not null)
        {
            ResourceNames.CheckVersion(version);
        }

        _ = source.OptionalTextMap("environmentVariables", "environmentVariables");
        return new PackageRequest(source, name, version, known);
    }

    /// <exception cref="ArmException">Code or a base environment of this emulator does not exist.</exception>
    public void CheckAssets(SqliteConnection connection, EmulatorContext context)
    {
        List<(string Field, string Reason)> errors = [];
        foreach ((string? id, string field) in new[] { (CodeId, "InferencingServer.CodeConfiguration.CodeId"), (BaseEnvironment, "BaseEnvironmentSource.ResourceId") })
        {
            if (AssetReference.TryParse(id, context.Identity, out AssetReference? reference)
                && AssetTable.FindVersion(connection, reference.Collection, reference.Name, reference.Version) is null)
            {
                errors.Add((field, $"The {reference.Collection.Describe(reference.Name, reference.Version)} does not exist in {reference.Collection.Scope.Describe(context.Identity)}."));
            }
        }

        if (errors.Count > 0)
        {
            throw ArmErrors.Validation(InvalidDetail, errors);
        }
    }

    /// <summary>What the environment version keeps of it, so that a deployment can be made from it.</summary>
    public JsonObject Stored(string model, string modelUri) => new()
    {
        ["model"] = model,
        ["modelUri"] = modelUri,
        ["serverType"] = ServerType,
        ["codeId"] = CodeId,
        ["baseEnvironment"] = BaseEnvironment,
        ["environmentVariables"] = Source.OptionalTextMap("environmentVariables", "environmentVariables") ?? [],
    };

    /// <summary>The service's answer when the package is made: the request, and where the package is.</summary>
    public JsonObject Response(WorkspaceIdentity identity, string version)
    {
        JsonObject response = Source.DeepClone().AsObject();
        ResourceBody.Set(response, TargetName, Name);
        ResourceBody.Set(response, TargetVersion, version);
        ResourceBody.Set(response, TargetId, $"azureml://locations/{identity.Location}/workspaces/{identity.WorkspaceId:D}/environments/{Name}/versions/{version}");
        ResourceBody.Set(response, "buildId", Guid.NewGuid().ToString("D"));
        ResourceBody.Set(response, "buildState", "Succeeded");
        ResourceBody.Set(response, "logUrl", null);
        return response;
    }

    private static (string Name, string? Version) ReadId(string id, WorkspaceIdentity identity)
    {
        Match match = LocationId().Match(id);
        if (match.Success)
        {
            if (!match.Groups["w"].Value.Equals(identity.WorkspaceId.ToString("D"), StringComparison.OrdinalIgnoreCase))
            {
                throw Elsewhere(id);
            }
        }
        else
        {
            match = ArmId().Match(id);
            if (match.Success && !match.Groups["w"].Value.Equals(identity.Id, StringComparison.OrdinalIgnoreCase))
            {
                throw Elsewhere(id);
            }
        }

        // A client that packages a model of a registry for a deployment sends the name alone.
        return match.Success ? (match.Groups["n"].Value, match.Groups["v"].Success ? match.Groups["v"].Value : null) : (id, null);
    }

    private static ArmException Elsewhere(string id) =>
        ArmErrors.InvalidContent($"The request content was invalid: '{TargetId}' is '{id}', which is not in this emulator's workspace.", TargetId);

    [GeneratedRegex(@"\Aazureml://locations/[^/]+/workspaces/(?<w>[^/]+)/environments/(?<n>[^/]+)(/versions/(?<v>[^/]+))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LocationId();

    [GeneratedRegex(@"\A(azureml:/?)?(?<w>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+)/environments/(?<n>[^/]+)(/versions/(?<v>[^/]+))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ArmId();
}
