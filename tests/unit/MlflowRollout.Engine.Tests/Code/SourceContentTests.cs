using MlflowRollout.Engine.Code;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Code;

public sealed class SourceContentTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _folder;

    public SourceContentTests()
    {
        _folder = Path.Combine(_temporary.Path, "code");
        Write("score.py", "def init(): pass\n");
        Write("sub/Util.py", "x=1\n");
        Write(".amlignore", "*.log\nskip/\n");
        Write("a.log", "no");
        Write("skip/f.txt", "no");
    }

    public void Dispose() => _temporary.Dispose();

    // The values that azure-ai-ml 1.4.0 computes for the same files.
    [Fact]
    public async Task Hashes_Folder_AreThoseOfTheOfficialClient()
    {
        SourceContent content = Open();

        Assert.Equal("52b09e0710bb02277ed7d87a065be216", await content.ComputeStorageHashAsync(default));
        Assert.Equal("f892f5482f42f9cf47786da6ce374e1cfae768e78f98d06957669d425a0cc0e0", await content.ComputeFingerprintAsync(default));
    }

    [Fact]
    public async Task Hashes_File_AreThoseOfTheOfficialClient()
    {
        SourceContent content = SourceContent.Open(Path.Combine(_folder, "score.py"), "code", MlErrorIds.CodeInvalid);

        Assert.Equal("b7219ecb87ffe9dc68f302c81c979556", await content.ComputeStorageHashAsync(default));
        Assert.Equal("6df0b45d663c4f687fb982725dab855b52897e27a963aa603cf34a87190aa686", await content.ComputeFingerprintAsync(default));
    }

    [Fact]
    public void Open_Folder_LeavesOutWhatTheIgnoreFileNames() =>
        Assert.Equal([".amlignore", "score.py", "sub/Util.py"], Open().Files.Select(file => file.RelativePath));

    [Fact]
    public void Open_BothIgnoreFiles_TheOneOfAzureMlApplies()
    {
        Write(".gitignore", "*.py\n");

        Assert.Equal([".amlignore", ".gitignore", "score.py", "sub/Util.py"], Open().Files.Select(file => file.RelativePath));
    }

    [Fact]
    public void Open_NothingThere_NamesThePath()
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => SourceContent.Open(_folder + "x", "code", MlErrorIds.CodeInvalid));

        Assert.Equal(MlErrorIds.PathNotFound, error.ErrorId);
        Assert.Contains(_folder + "x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AllLeftOut_SaysByWhat()
    {
        Write(".amlignore", "*\n");

        MlValidationException error = Assert.Throws<MlValidationException>(Open);

        Assert.Equal(MlErrorIds.CodeInvalid, error.ErrorId);
        Assert.Contains(".amlignore", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Open_LinkOutOfTheFolder_IsRefusedUnlessLeftOut()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need a right there.");
        string outside = Path.Combine(_temporary.Path, "outside.txt");
        File.WriteAllText(outside, "secret");
        File.CreateSymbolicLink(Path.Combine(_folder, "link.txt"), outside);

        MlValidationException error = Assert.Throws<MlValidationException>(Open);
        Write(".amlignore", "link.txt\n");

        Assert.Equal(MlErrorIds.CodeInvalid, error.ErrorId);
        Assert.Contains("'link.txt'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Open().Files, file => file.RelativePath == "link.txt");
    }

    private SourceContent Open() => SourceContent.Open(_folder, "code", MlErrorIds.CodeInvalid);

    private void Write(string path, string content)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
