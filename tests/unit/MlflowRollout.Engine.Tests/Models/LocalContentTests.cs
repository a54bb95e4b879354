using MlflowRollout.Engine.Models;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Models;

public sealed class LocalContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ComputeHashAsync_SameContentElsewhere_IsTheSame()
    {
        string first = Write("a", ("MLmodel", "flavors: {python_function: {loader_module: x}}"), ("data/x.bin", "12"));
        string second = Write("b", ("data/x.bin", "12"), ("MLmodel", "flavors: {python_function: {loader_module: x}}"));

        Assert.Equal(await HashAsync(first), await HashAsync(second));
    }

    [Fact]
    public async Task ComputeHashAsync_BytesMovedBetweenFiles_IsAnother()
    {
        string first = Write("a", ("MLmodel", "flavors: {python_function: {loader_module: x}}"), ("x", "12"), ("y", "3"));
        string second = Write("b", ("MLmodel", "flavors: {python_function: {loader_module: x}}"), ("x", "1"), ("y", "23"));

        Assert.NotEqual(await HashAsync(first), await HashAsync(second));
    }

    [Fact]
    public void Open_FolderWithoutMlmodel_IsRefused() =>
        Assert.Equal(MlErrorIds.ModelFolderInvalid, Assert.Throws<MlValidationException>(() => LocalContent.Open(Write("a", ("model.pkl", "x")), null)).ErrorId);

    [Fact]
    public void Open_FolderAsCustomModel_NeedsNoMlmodel() => Assert.Equal("custom_model", LocalContent.Open(Write("a", ("model.pkl", "x")), "custom_model").ModelType);

    [Fact]
    public void Open_File_IsACustomModel() => Assert.Equal("custom_model", LocalContent.Open(Path.Combine(Write("a", ("model.pkl", "x")), "model.pkl"), null).ModelType);

    [Fact]
    public void Open_Nothing_IsNotFound() =>
        Assert.Equal(MlErrorIds.PathNotFound, Assert.Throws<MlValidationException>(() => LocalContent.Open(_folder["absent"], null)).ErrorId);

    private static Task<string> HashAsync(string path) => LocalContent.Open(path, null).ComputeHashAsync(default);

    private string Write(string name, params (string Path, string Text)[] files)
    {
        string root = _folder[name];
        foreach ((string path, string text) in files)
        {
            string full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        return root;
    }
}
