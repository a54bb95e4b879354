using System.Text;
using MlflowRollout.Emulator.Storage;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class ContentStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ContentStore _content;

    public ContentStoreTests()
    {
        Directory.CreateDirectory(_folder["work"]);
        _content = new ContentStore(_folder["content"], _folder["work"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Add_Twice_KeepsOneFileAndNoTemporaryOne()
    {
        StoredContent first = await AddAsync("same");
        StoredContent second = await AddAsync("same");

        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Single(Directory.GetFiles(_folder["content"], "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_folder["work"]));
    }

    [Fact]
    public async Task Add_ThatFails_LeavesNothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _content.AddAsync(
            async (target, token) =>
            {
                await target.WriteAsync(new byte[10], token);
                throw new IOException("The client went away.");
            },
            CancellationToken.None));

        Assert.Empty(Directory.GetFiles(_folder["work"]));
        Assert.False(Directory.Exists(_folder["content"]));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void PathOf_WhatIsNoHash_IsRefused(string name)
    {
        Assert.Throws<ArgumentException>(() => _content.PathOf(name));
    }

    [Fact]
    public async Task Materialize_DamagedContent_IsRefusedAndLeavesNoFolder()
    {
        Directory.CreateDirectory(_folder["models"]);
        StoredContent stored = await AddAsync("good");
        await File.WriteAllTextAsync(_content.PathOf(stored.Sha256), "evil");
        using ModelMaterializer materializer = new(_content, _folder["models"], _folder["work"]);

        ModelFilesException exception = await Assert.ThrowsAsync<ModelFilesException>(() => materializer.MaterializeAsync([("MLmodel", stored.Sha256, stored.Size)], CancellationToken.None));

        Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["models"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["work"]));
    }

    [Fact]
    public async Task Materialize_TheSameTree_IsTheSameFolder()
    {
        Directory.CreateDirectory(_folder["models"]);
        StoredContent a = await AddAsync("a");
        StoredContent b = await AddAsync("b");
        using ModelMaterializer materializer = new(_content, _folder["models"], _folder["work"]);

        string first = await materializer.MaterializeAsync([("MLmodel", a.Sha256, a.Size), ("data/x", b.Sha256, b.Size)], CancellationToken.None);
        string second = await materializer.MaterializeAsync([("data/x", b.Sha256, b.Size), ("MLmodel", a.Sha256, a.Size)], CancellationToken.None);
        string other = await materializer.MaterializeAsync([("data/x", a.Sha256, a.Size), ("MLmodel", b.Sha256, b.Size)], CancellationToken.None);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.Equal("b", await File.ReadAllTextAsync(Path.Combine(first, "data", "x")));
    }

    private Task<StoredContent> AddAsync(string text) =>
        _content.AddAsync(async (target, token) => await target.WriteAsync(Encoding.UTF8.GetBytes(text), token), CancellationToken.None);
}
