using System.Text.RegularExpressions;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

public partial class DefinitionMistakeTests
{
    public static TheoryData<string> Mistakes => new(DefinitionFolders.FilesOf(DefinitionFolders.Mistakes));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_Mistake_IsRefusedWithItsPlace(string name)
    {
        string path = Path.Combine(DefinitionFolders.Mistakes, name);

        MlValidationException error = Assert.Throws<MlValidationException>(() => DefinitionFolders.Read(path));

        Assert.Contains(error.ErrorId, new[] { MlErrorIds.DefinitionInvalid, MlErrorIds.DefinitionParseFailed });
        Assert.Equal(error.ErrorId == MlErrorIds.DefinitionInvalid ? MlErrorCategory.InvalidData : MlErrorCategory.ParserError, error.Category);
        Assert.Matches(PlaceRule(), error.Message);
        Assert.Contains("Nothing was changed.", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RecommendedAction);
        DefinitionFolders.Expect(path + ".txt", $"{error.ErrorId}\n{DefinitionFolders.Portable(error.Message)}\n");
    }

    [Fact]
    public void Read_NoFile_IsAnErrorOfOurs()
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => DefinitionFolders.Reader.ReadModel(Path.Combine(DefinitionFolders.Samples, "nothing.yml")));
        MlValidationException folder = Assert.Throws<MlValidationException>(() => DefinitionFolders.Reader.ReadModel(DefinitionFolders.Samples));

        Assert.Equal(MlErrorIds.PathNotFound, error.ErrorId);
        Assert.Equal(MlErrorIds.PathNotFound, folder.ErrorId);
    }

    [Fact]
    public void Read_FileAboveTheLimit_IsRefused()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("definitions").FullName, "endpoint.yml");
        try
        {
            File.WriteAllText(path, "description: " + new string('x', 1024 * 1024));

            MlValidationException error = Assert.Throws<MlValidationException>(() => DefinitionFolders.Reader.ReadEndpoint(path));

            Assert.Equal(MlErrorIds.DefinitionParseFailed, error.ErrorId);
            Assert.Contains("line 1, column 1: the file is larger than 1024 KiB", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [SkippableFact]
    public void Read_DeviceWithoutEnd_IsRefused()
    {
        Skip.IfNot(File.Exists("/dev/zero"), "There is no /dev/zero here.");

        MlValidationException error = Assert.Throws<MlValidationException>(() => DefinitionFolders.Reader.ReadEndpoint("/dev/zero"));

        Assert.Contains("larger than 1024 KiB", error.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("line [0-9]+, column [0-9]+: ")]
    private static partial Regex PlaceRule();
}
