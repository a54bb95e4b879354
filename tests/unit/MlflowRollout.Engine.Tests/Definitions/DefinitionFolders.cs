using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlflowRollout.Engine.Definitions;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

/// <summary>The folders of definition files beside these tests, and how a file of them is read and written down.</summary>
internal static class DefinitionFolders
{
    /// <summary>Set to <c>1</c>, the expectations are written anew instead of compared; look at what changed before committing it.</summary>
    private const string UpdateVariable = "UPDATE_SNAPSHOTS";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "tests", "unit", "MlflowRollout.Engine.Tests", "Definitions");

    public static string Samples { get; } = Path.Combine(Folder, "samples");

    public static string Mistakes { get; } = Path.Combine(Folder, "mistakes");

    public static IMlDefinitionReader Reader { get; } = new DefinitionReader();

    /// <summary>Names of the definition files in a folder.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Where(name => !name.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Reads a file by the kind that its name begins with.</summary>
    public static object Read(string path) => KindOf(path) switch
    {
        "endpoint" => Reader.ReadEndpoint(path),
        "deployment" => Reader.ReadDeployment(path),
        "model" => Reader.ReadModel(path),
        "traffic" => Reader.ReadTraffic(path),
        _ => throw new InvalidOperationException($"The name of '{path}' says no kind."),
    };

    public static string KindOf(string path) => Path.GetFileName(path).Split('-', '.')[0];

    /// <summary>A definition as text that is the same on every machine.</summary>
    public static string Write(object definition) => Portable(JsonSerializer.Serialize(definition, definition.GetType(), Options)) + "\n";

    /// <summary>Text without the places of this machine.</summary>
    public static string Portable(string text)
    {
        string escaped = JsonEncodedText.Encode(Folder, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        return text.Replace(escaped, "{folder}", StringComparison.Ordinal)
            .Replace(Folder, "{folder}", StringComparison.Ordinal)
            .Replace("\\\\", "/", StringComparison.Ordinal)
            .Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>Compares with what is committed.</summary>
    public static void Expect(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"'{path}' is missing. Run the test with {UpdateVariable}=1 and look at what it writes.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
