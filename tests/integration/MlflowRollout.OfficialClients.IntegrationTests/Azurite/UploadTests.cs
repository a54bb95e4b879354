using Azure.Storage.Blobs.Models;
using MlflowRollout.OfficialClients.IntegrationTests.Recording;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Azurite;

/// <summary>The module's uploads against a blob service that this project did not write, over virtual-host names, with a key and with a SAS token.</summary>
[Collection("emulator")]
public sealed class UploadTests(EmulatorFixture fixture, AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    // Above the size that goes in one request, so that it is sent in blocks.
    private const int LargeFile = 33 * 1024 * 1024;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Model_NestedEmptyAndLargeFiles_ArrivesAndComesBackAsItIs(bool sas)
    {
        await using AzuriteWorkspace workspace = await AzuriteWorkspace.StartAsync(fixture.Emulator, azurite, sas);
        using ModuleSession session = workspace.Connect();
        using TemporaryFolder folder = new();
        CopyModel(folder["model"]);
        folder.Write("model/code/deep/er/module.py", "answer = 42\n");
        folder.Write("model/code/__init__.py", string.Empty);
        folder.Write("model/data/name with spaces & ümlaut+plus%25.txt", "text");
        WriteLarge(folder["model", "weights.bin"]);
        string name = fixture.UniqueName("azurite");

        string uri = Register(session, name, folder["model"]);

        await AssertContentAsync(workspace, folder["model"], uri);
        IReadOnlyList<RecordedRequest> requests = workspace.Proxy.Take();
        Assert.Contains(requests, static request => request.Query.Contains("comp=blocklist", StringComparison.Ordinal));
        session.Invoke("Save-MlModel $args[0] -Path $args[1]", name, folder["back"]).AssertSucceeded();
        AssertSame(folder["model"], folder["back"]);
        Assert.All(requests.Concat(workspace.Proxy.Take()).Where(IsBlobCall), request => Assert.Equal(sas, !request.Headers.ContainsKey("Authorization")));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RegisterMlModel_SameContentAgain_UploadsNothing(bool sas)
    {
        await using AzuriteWorkspace workspace = await AzuriteWorkspace.StartAsync(fixture.Emulator, azurite, sas);
        using ModuleSession session = workspace.Connect();
        string name = fixture.UniqueName("azurite");
        string uri = Register(session, name, ExampleModels.V1);
        Assert.Contains(workspace.Proxy.Take(), IsUpload);

        string again = Register(session, name, ExampleModels.V1);

        Assert.Equal(uri, again);
        Assert.DoesNotContain(workspace.Proxy.Take(), IsUpload);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RegisterMlModel_AfterAnInterruptedUpload_OverwritesWhatIsThere(bool sas)
    {
        await using AzuriteWorkspace workspace = await AzuriteWorkspace.StartAsync(fixture.Emulator, azurite, sas);
        using ModuleSession session = workspace.Connect();
        string name = fixture.UniqueName("azurite");
        workspace.Proxy.RefuseBlobCall = static request =>
            request.Method == "PUT" && request.Path.Value!.EndsWith("/requirements.txt", StringComparison.Ordinal) ? 403 : null;
        InvocationResult interrupted = session.Invoke("Register-MlModel $args[0] -Path $args[1]", name, ExampleModels.V2);
        Assert.Equal("AccessDenied", InvocationResult.IdOf(interrupted.Error));
        workspace.Proxy.RefuseBlobCall = null;
        await foreach (BlobItem half in workspace.Container.GetBlobsAsync())
        {
            await workspace.Container.GetBlobClient(half.Name).UploadAsync(BinaryData.FromString("half of it"), overwrite: true);
        }

        string uri = Register(session, name, ExampleModels.V2);

        await AssertContentAsync(workspace, ExampleModels.V2, uri);
    }

    private static string Register(ModuleSession session, string name, string path) =>
        session.Invoke("(Register-MlModel $args[0] -Path $args[1]).ModelUri", name, path).One<string>();

    private static bool IsBlobCall(RecordedRequest request) => request.Host.EndsWith(".blob.core.windows.net", StringComparison.Ordinal);

    private static bool IsUpload(RecordedRequest request) => IsBlobCall(request) && request.Method == "PUT";

    private static void CopyModel(string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(ExampleModels.V1))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static void WriteLarge(string path)
    {
        byte[] content = new byte[LargeFile];
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i * 31 / 7);
        }

        File.WriteAllBytes(path, content);
    }

    private static async Task AssertContentAsync(AzuriteWorkspace workspace, string folder, string uri)
    {
        string prefix = uri[(uri.IndexOf("/paths/", StringComparison.Ordinal) + "/paths/".Length)..].TrimEnd('/') + "/";
        Dictionary<string, BlobItem> blobs = [];
        await foreach (BlobItem blob in workspace.Container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, default))
        {
            blobs.Add(blob.Name[prefix.Length..], blob);
        }

        string[] files = FilesOf(folder);
        Assert.Equal(files, blobs.Keys.Order(StringComparer.Ordinal));
        foreach (string file in files)
        {
            BlobDownloadResult content = await workspace.Container.GetBlobClient(prefix + file).DownloadContentAsync();
            byte[] expected = await File.ReadAllBytesAsync(Path.Combine(folder, file));
            Assert.True(content.Content.ToMemory().Span.SequenceEqual(expected), $"The content of '{file}' is another.");
        }

        Assert.Single(blobs.Values, static blob => blob.Metadata.TryGetValue("upload_status", out string? status) && status == "completed");
    }

    private static void AssertSame(string expected, string actual)
    {
        string[] files = FilesOf(expected);
        Assert.Equal(files, FilesOf(actual));
        Assert.All(files, file => Assert.True(
            File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))), $"The content of '{file}' came back as another."));
    }

    private static string[] FilesOf(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
