using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.Storage;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class ReferenceTests
{
    private const string Container = "azureml-blobstore-00000000-0000-0000-0000-000000000000";
    private const string Team = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Group/providers/Microsoft.MachineLearningServices/workspaces/Team";

    private static readonly WorkspaceIdentity Identity = new(
        "00000000-0000-0000-0000-000000000001", "Group", "Team", "local", Guid.Empty, Guid.Empty, "account", "a2V5", "token", DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("azureml://subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/group/workspaces/team/datastores/workspaceblobstore/paths/LocalUpload/a b/m", Container, "LocalUpload/a b/m")]
    [InlineData("azureml://subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Group/workspaces/Team/datastores/workspaceblobstore/paths/x%20y/", Container, "x y")]
    [InlineData("azureml://datastores/workspaceblobstore/paths/x/y", Container, "x/y")]
    [InlineData("https://account.blob.core.windows.net/" + Container + "/x/y", Container, "x/y")]
    [InlineData("https://account.blob.core.windows.net/upload-1", "upload-1", "")]
    [InlineData("https://127.0.0.1:4711/account/upload-1/a%20b/", "upload-1", "a b")]
    [InlineData("https://localhost/account/upload-1", "upload-1", "")]
    public void DatastoreUri_OfThisEmulator_GivesThePlace(string uri, string container, string prefix)
    {
        Assert.True(DatastoreUri.TryLocate(uri, Identity, out BlobPlace? place, out _));
        Assert.Equal(new BlobPlace(container, prefix), place);
    }

    [Theory]
    [InlineData("azureml://subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/group/workspaces/other/datastores/workspaceblobstore/paths/x", "another workspace")]
    [InlineData("azureml://datastores/mine/paths/x", "'mine'")]
    [InlineData("runs:/abc/model", "not supported by the emulator")]
    [InlineData("azureml://jobs/j/outputs/artifacts/paths/model", "not supported by the emulator")]
    [InlineData("https://other.blob.core.windows.net/c/x", "not supported by the emulator")]
    [InlineData("https://127.0.0.1/other/c/x", "not supported by the emulator")]
    [InlineData("https://10.0.0.1/account/c/x", "not supported by the emulator")]
    [InlineData("https://account.blob.core.windows.net/" + Container, "not supported by the emulator")]
    [InlineData("azureml://datastores/workspaceblobstore/paths//", "not supported by the emulator")]
    public void DatastoreUri_OfElsewhere_SaysWhy(string uri, string reason)
    {
        Assert.False(DatastoreUri.TryLocate(uri, Identity, out _, out string? problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void DatastoreUri_Written_IsReadBackAsTheSamePlace()
    {
        BlobPlace place = new("registry-1", "a b/model");

        Assert.True(DatastoreUri.TryLocate(DatastoreUri.Write(Identity, place), Identity, out BlobPlace? read, out _));
        Assert.Equal(place, read);
    }

    [Theory]
    [InlineData(Team + "/models/m/versions/1", "models")]
    [InlineData("azureml:" + Team + "/environments/m/versions/1", "environments")]
    [InlineData("azureml:/" + Team + "/codes/m/versions/1", "codes")]
    [InlineData("/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourcegroups/group/providers/microsoft.machinelearningservices/workspaces/team/models/m/versions/1", "models")]
    [InlineData("azureml://locations/anywhere/workspaces/00000000-0000-0000-0000-000000000000/environments/m/versions/1", "environments")]
    [InlineData("azureml://locations/anywhere/workspaces/00000000-0000-0000-0000-000000000009/environments/m/versions/1", null)]
    [InlineData("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Group/providers/Microsoft.MachineLearningServices/workspaces/Other/models/m/versions/1", null)]
    [InlineData(Team + "/jobs/m/versions/1", null)]
    [InlineData(Team + "/models/m", null)]
    [InlineData("azureml://registries/emulator-registry/models/m/versions/1", "models")]
    [InlineData("azureml://registries/EMULATOR-registry/environments/m/versions/1", "environments")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/registries/emulator-registry/codes/m/versions/1", "codes")]
    [InlineData("azureml://registries/r/models/m/versions/1", null)]
    [InlineData(null, null)]
    public void AssetReference_OfText_IsThisEmulatorsOrNone(string? text, string? segment)
    {
        bool found = AssetReference.TryParse(text, Identity, out AssetReference? reference);

        Assert.Equal(segment is not null, found);
        Assert.Equal(segment, reference?.Collection.Kind.Segment);
        Assert.Equal(found ? "m/1" : null, reference is null ? null : $"{reference.Name}/{reference.Version}");
    }

    [Theory]
    [InlineData("MLmodel")]
    [InlineData("data/model.onnx")]
    [InlineData("..data/..a")]
    public void BlobPath_OfAPlainName_StaysInside(string name)
    {
        Assert.NotNull(BlobPath.ToRelativePath(name, out _));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("C:/windows")]
    [InlineData("a\\..\\b")]
    [InlineData("a\u0000b")]
    [InlineData("folder/")]
    public void BlobPath_ThatLeavesOrCannotBeAFile_IsRefused(string name)
    {
        Assert.Null(BlobPath.ToRelativePath(name, out string? problem));
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData("*/onlineEndpoints/*", "/x/onlineendpoints/a", true)]
    [InlineData("*/onlineEndpoints/a", "/x/onlineEndpoints/ab", false)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("", "a", false)]
    public void Wildcard_OfAPattern_MatchesWholeText(string pattern, string text, bool expected)
    {
        Assert.Equal(expected, Wildcard.IsMatch(text, pattern));
    }
}
