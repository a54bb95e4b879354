using System.Security.Cryptography;
using System.Text;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Models;

public sealed class ModelDownloadTests : IDisposable
{
    private readonly TestWorkspace _workspace = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task SaveAsync_GoodFiles_AreInTheFolderAndNothingElse()
    {
        new StoredModel(_workspace.Arm, ("MLmodel", "flavors: {}"u8.ToArray()), ("data/model.onnx", [1, 2, 3])).Register();

        string? saved = await SaveAsync();

        Assert.Equal(_folder["target"], saved);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(_folder["target", "data", "model.onnx"]));
        Assert.Equal([_folder["target"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("..")]
    [InlineData("/etc/evil")]
    [InlineData("a//evil")]
    [InlineData("a/./evil")]
    [InlineData("..\\evil")]
    [InlineData("C:\\evil")]
    [InlineData("a:evil")]
    [InlineData("a\tevil")]
    public async Task SaveAsync_NameThatLeadsOut_IsRefusedAndNothingIsWritten(string name)
    {
        new StoredModel(_workspace.Arm, ("MLmodel", [1]), (name, "evil"u8.ToArray())).Register();

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => SaveAsync());

        Assert.Equal(MlErrorIds.ModelFolderInvalid, error.ErrorId);
        Assert.Contains("Nothing was saved", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Empty(_workspace.Context.Questions);
    }

    [Fact]
    public async Task SaveAsync_FilesAreNotThoseThatWereRegistered_LeavesNothing()
    {
        new StoredModel(_workspace.Arm, ("MLmodel", "changed"u8.ToArray())).Register(hash: new string('a', 64));

        MlServiceException error = await Assert.ThrowsAsync<MlServiceException>(() => SaveAsync());

        Assert.Equal((MlErrorIds.ModelContentMismatch, MlErrorCategory.InvalidData), (error.ErrorId, error.Category));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task SaveAsync_HashOfTheFormatThatRegisterWrites_IsAccepted()
    {
        byte[] content = Encoding.UTF8.GetBytes("flavors: {}");
        using ContentHash hash = new();
        hash.Begin("MLmodel", content.Length);
        hash.Append(content);
        string expected = hash.Finish();
        new StoredModel(_workspace.Arm, ("MLmodel", content)).Register(expected);

        Assert.NotNull(await SaveAsync());
        // Written out, so that a change of the rule, which would orphan every registered hash, is seen.
        byte[] written = [.. BitConverter.GetBytes(7L), .. "MLmodel"u8, .. BitConverter.GetBytes((long)content.Length), .. content];
        Assert.Equal(Convert.ToHexString(SHA256.HashData(written)).ToLowerInvariant(), expected);
    }

    [Fact]
    public async Task SaveAsync_NoLeave_WritesNothing()
    {
        new StoredModel(_workspace.Arm, ("MLmodel", [1])).Register();
        RecordingContext no = new() { Answer = false };

        Assert.Null(await SaveAsync(context: no));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal([$"model heart:1 in workspace space | Save to '{_folder["target"]}'"], no.Questions);
    }

    [Fact]
    public async Task SaveAsync_Canceled_LeavesNothing()
    {
        new StoredModel(_workspace.Arm, ("MLmodel", [1]), ("b", [2])).Register();
        using CancellationTokenSource stop = new();
        _workspace.Arm.Before = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/b", StringComparison.Ordinal))
            {
                stop.Cancel();
                stop.Token.ThrowIfCancellationRequested();
            }

            return Task.CompletedTask;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SaveAsync(cancellationToken: stop.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task SaveAsync_TargetCannotBeWritten_SaysSoAndDoesNotBlameTheStorage()
    {
        new StoredModel(_workspace.Arm, ("MLmodel", [1])).Register();
        await File.WriteAllTextAsync(_folder["file"], "in the way");

        MlValidationException error = await Assert.ThrowsAsync<MlValidationException>(() => SaveAsync(_folder["file", "below"]));

        Assert.Equal((MlErrorIds.PathNotWritable, MlErrorCategory.WriteError), (error.ErrorId, error.Category));
    }

    [Theory]
    [InlineData("azureml://jobs/teal_cat_1/outputs/artifacts/paths/model/", "workspaceartifactstore", "ExperimentRun/dcid.teal_cat_1/model")]
    [InlineData("azureml://subscriptions/s/resourceGroups/g/workspaces/w/jobs/j/outputs/artifacts/paths/m", "workspaceartifactstore", "ExperimentRun/dcid.j/m")]
    [InlineData("runs:/j/model", "workspaceartifactstore", "ExperimentRun/dcid.j/model")]
    [InlineData("azureml://datastores/store/paths/a/b", "store", "a/b")]
    public void FindModelPath_Uris_LeadToTheirDatastore(string uri, string datastore, string path) => Assert.Equal((datastore, path), Datastore.FindModelPath(uri));

    [Theory]
    [InlineData("https://account.blob.core.windows.net/c/m")]
    [InlineData("azureml://registries/r/models/m/versions/1")]
    [InlineData(null)]
    public void FindModelPath_OtherUris_LeadNowhere(string? uri) => Assert.Null(Datastore.FindModelPath(uri));

    private Task<string?> SaveAsync(string? path = null, RecordingContext? context = null, CancellationToken cancellationToken = default) =>
        _workspace.Connection.Models.SaveAsync("heart", "1", new MlModelDownload { Path = path ?? _folder["target"] }, context ?? _workspace.Context, cancellationToken);
}
