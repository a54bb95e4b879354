using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.SaveMlModel;

public sealed class SaveMlModelTests : WorkspaceTest
{
    private readonly string _name;

    public SaveMlModelTests(EmulatorFixture fixture)
        : base(fixture)
    {
        _name = fixture.UniqueName("save");
        Session.Invoke(
            "$one = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop; $two = Register-MlModel $args[0] -Path $args[2] -ErrorAction Stop",
            _name,
            ExampleModels.V1,
            ExampleModels.V2).AssertSucceeded();
    }

    [Fact]
    public void Version_IntoANewFolder_HasTheSameFilesAndHash()
    {
        DirectoryInfo saved = Session.Invoke("Save-MlModel $args[0] 1 -Path $args[1]", _name, Folder["deep/heart"]).One<DirectoryInfo>();

        Assert.Equal(Folder["deep/heart"], saved.FullName);
        AssertSameFiles(ExampleModels.V1, saved.FullName);
        Assert.Equal([saved.FullName], Directory.GetFileSystemEntries(Folder["deep"]));
        MlModel again = Session.Invoke("[IO.DirectoryInfo]$args[1] | Register-MlModel $args[0]", Fixture.UniqueName("again"), saved.FullName).One<MlModel>();
        Assert.Equal(((MlModel)Session.GetVariable("one")!).ContentHash, again.ContentHash);
    }

    [Fact]
    public void Name_WithoutVersion_IsTheNewest()
    {
        Session.Invoke("Save-MlModel $args[0] -Path $args[1]", _name, Folder["newest"]).AssertSucceeded();

        AssertSameFiles(ExampleModels.V2, Folder["newest"]);
    }

    [Fact]
    public void Piped_PathIsAScriptBlock_IsEvaluatedForEachModel()
    {
        InvocationResult result = Session.Invoke(
            "$folder = $args[1]; Get-MlModel $args[0] -Version * | Save-MlModel -Path { \"$folder/v$($_.Version)\" }", _name, Folder["each"]);

        Assert.Equal(["v1", "v2"], result.AssertSucceeded().Output.Select(item => ((DirectoryInfo)item.BaseObject).Name).Order(StringComparer.Ordinal));
        AssertSameFiles(ExampleModels.V1, Folder["each/v1"]);
        AssertSameFiles(ExampleModels.V2, Folder["each/v2"]);
    }

    [Fact]
    public void Folder_ThatHasSomething_IsNotOverwrittenEvenWithForce()
    {
        string folder = Folder["mine"];
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");

        ErrorRecord error = Session.Invoke("$one | Save-MlModel -Path $args[0] -Force", folder).Error;

        AssertError(error, MlErrorIds.PathAlreadyExists, ErrorCategory.ResourceExists, folder, "-IfExists");
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void IfExistsUpdate_FolderThatIsNoModel_IsNotReplaced()
    {
        string folder = Folder["mine"];
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");

        ErrorRecord error = Session.Invoke("$one | Save-MlModel -Path $args[0] -IfExists Update -Force", folder).Error;

        AssertError(error, MlErrorIds.PathAlreadyExists, ErrorCategory.ResourceExists, "not that of an MLflow model");
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder, "notes.txt")));
    }

    [Fact]
    public void IfExistsUpdate_SavedModel_IsReplacedWhole()
    {
        string folder = Folder["heart"];
        Session.Invoke("$one | Save-MlModel -Path $args[0]", folder).AssertSucceeded();
        File.WriteAllText(Path.Combine(folder, "left-over.txt"), "old");

        Session.Invoke("$two | Save-MlModel -Path $args[0] -IfExists Update -Force", folder).AssertSucceeded();

        AssertSameFiles(ExampleModels.V2, folder);
        Assert.Single(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void IfExistsUpdate_AnswerIsNo_KeepsTheFolder()
    {
        string folder = Folder["heart"];
        Session.Invoke("$one | Save-MlModel -Path $args[0]", folder).AssertSucceeded();

        Session.Host.Answer("No");
        Assert.Empty(Session.Invoke("$two | Save-MlModel -Path $args[0] -IfExists Update", folder).AssertSucceeded().Output);

        Assert.Contains(folder, Assert.Single(Session.Host.Prompts).Message, StringComparison.Ordinal);
        AssertSameFiles(ExampleModels.V1, folder);
    }

    [Fact]
    public void IfExistsSkip_SameContent_ReturnsTheFolder()
    {
        string folder = Folder["heart"];
        Session.Invoke("$one | Save-MlModel -Path $args[0]", folder).AssertSucceeded();

        Assert.Equal(folder, Session.Invoke("$one | Save-MlModel -Path $args[0] -IfExists Skip", folder).One<DirectoryInfo>().FullName);
        AssertError(
            Session.Invoke("$two | Save-MlModel -Path $args[0] -IfExists Skip", folder).Error, MlErrorIds.PathAlreadyExists, ErrorCategory.ResourceBusy, "not that of model");
        AssertSameFiles(ExampleModels.V1, folder);
    }

    [Fact]
    public void IfExistsSkip_HashUnknown_ComparesTheContent()
    {
        string folder = Folder["heart"];
        Session.Invoke("$plain = Register-MlModel $args[0] -Path $one.ModelUri -ErrorAction Stop; $plain | Save-MlModel -Path $args[1]", Fixture.UniqueName("uri"), folder).AssertSucceeded();

        Assert.Null(((MlModel)Session.GetVariable("plain")!).ContentHash);
        Session.Invoke("$plain | Save-MlModel -Path $args[0] -IfExists Skip", folder).AssertSucceeded();
        File.AppendAllText(Path.Combine(folder, "requirements.txt"), "\n");
        AssertError(Session.Invoke("$plain | Save-MlModel -Path $args[0] -IfExists Skip", folder).Error, MlErrorIds.PathAlreadyExists, ErrorCategory.ResourceBusy);
    }

    [Fact]
    public void ModelOfOneFile_IsSavedIntoTheFolder()
    {
        string source = Folder["weights.bin"];
        File.WriteAllBytes(source, [.. Enumerable.Range(0, 300_000).Select(number => (byte)number)]);
        string name = Fixture.UniqueName("file");
        Session.Invoke("Register-MlModel $args[0] -Path $args[1]", name, source).AssertSucceeded();

        FileInfo saved = Session.Invoke("Save-MlModel $args[0] -Path $args[1]", name, Folder["files"]).One<FileInfo>();

        Assert.Equal(Folder["files/weights.bin"], saved.FullName);
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(saved.FullName));
        AssertError(Session.Invoke("Save-MlModel $args[0] -Path $args[1]", name, Folder["files"]).Error, MlErrorIds.PathAlreadyExists, ErrorCategory.ResourceExists);
    }

    [Fact]
    public void WhatIf_SaysModelWorkspaceAndFolderAndWritesNothing()
    {
        Session.Host.TakeOutput();

        Session.Invoke("$one | Save-MlModel -Path $args[0] -WhatIf", Folder["heart"]).AssertSucceeded();

        string said = Session.Host.TakeOutput();
        Assert.All([_name + ":1", Fixture.Emulator.Connection.Workspace, Folder["heart"]], word => Assert.Contains(word, said, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void FilesGoneFromStorage_IsAnErrorThatSaysSo()
    {
        string name = Fixture.UniqueName("gone");
        Session.Invoke("Register-MlModel $args[0] -Path azureml://datastores/workspaceblobstore/paths/no/such/folder -Type custom_model", name);

        AssertError(Session.Invoke("Save-MlModel $args[0] -Path $args[1]", name, Folder["x"]).Error, MlErrorIds.ModelFilesNotFound, ErrorCategory.ObjectNotFound, "no/such/folder");
    }

    [Fact]
    public void AsJob_RelativePath_CountsFromTheLocationOfTheCaller()
    {
        Session.Invoke("Set-Location -LiteralPath $args[0]", Folder.Path);

        Session.Invoke("$job = $one | Save-MlModel -Path by-job -AsJob; $job | Wait-Job | Receive-Job -ErrorAction Stop").AssertSucceeded();

        AssertSameFiles(ExampleModels.V1, Folder["by-job"]);
    }

    private static void AssertSameFiles(string expected, string actual)
    {
        string[] Names(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
        Assert.Equal(Names(expected), Names(actual));
        Assert.All(Names(expected), name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
    }
}
