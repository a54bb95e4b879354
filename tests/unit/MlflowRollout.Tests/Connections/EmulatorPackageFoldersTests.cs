using MlflowRollout.Connections;

namespace MlflowRollout.Tests.Connections;

public class EmulatorPackageFoldersTests
{
    [Fact]
    public void Folders_BesideTheModuleFirst_ThenTheModulePath()
    {
        string root = Path.GetFullPath("/modules");
        IReadOnlyList<string> folders = EmulatorPackageFolders.Find(Path.Combine(root, "MlflowRollout", "1.0.0"), string.Join(Path.PathSeparator, "/a", root, "/a"));
        Assert.Equal([root, Path.Combine(root, "MlflowRollout"), "/a"], folders);
    }

    [Fact]
    public void Folders_ModuleWithoutVersionFolder_BesideItIsAmongThem() =>
        Assert.Contains(Path.GetFullPath("/modules"), EmulatorPackageFolders.Find(Path.Combine(Path.GetFullPath("/modules"), "MlflowRollout"), modulePath: null));
}
