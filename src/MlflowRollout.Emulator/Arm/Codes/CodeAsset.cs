using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Codes;

/// <summary>Code: a folder of files with a scoring script.</summary>
internal sealed class CodeAsset : AssetKind
{
    private const string Hash = "hash_sha256";
    private const string HashVersion = "hash_version";

    public override string Noun => "code";

    public override string Segment => "codes";

    public override string? UriMember => "codeUri";

    public override string InvalidDetail => "CodeServiceError";

    public override void Fill(string what, JsonObject sent, JsonObject properties, ResourceRecord? before)
    {
        string? uri = sent.OptionalText("codeUri", "properties.codeUri");
        string? stored = before?.Properties["codeUri"]?.GetValue<string>();
        if (before is null && string.IsNullOrEmpty(uri))
        {
            throw ArmErrors.InvalidContent("The request content was invalid: 'properties.codeUri' is missing.", "properties.codeUri");
        }

        // The same files, uploaded once more to another place, are the same code: its first place stays.
        if (before is not null && uri is not null && uri != stored && !HasSameHash(properties, before.Properties))
        {
            throw Immutable(what, "codeUri", "properties.codeUri");
        }

        ResourceBody.Set(properties, "codeUri", stored ?? uri);
    }

    public override bool IsListed(ArmRequest request, ResourceRecord version) =>
        Has(version, Hash, request.Query("hash")) && Has(version, HashVersion, request.Query("hashVersion"));

    public override string? NamedBy(JsonObject deploymentProperties) => deploymentProperties["codeConfiguration"]?["codeId"]?.GetValue<string>();

    private static bool HasSameHash(JsonObject properties, JsonObject before) =>
        before["properties"]?[Hash]?.GetValue<string>() is { Length: > 0 } hash && properties["properties"]?[Hash]?.GetValue<string>() == hash;

    private static bool Has(ResourceRecord version, string name, string? wanted) =>
        string.IsNullOrEmpty(wanted) || version.Properties["properties"]?[name]?.GetValue<string>() == wanted;
}
