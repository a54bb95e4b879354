using System.Globalization;
using FsCheck;
using FsCheck.Xunit;
using MlflowRollout.Engine.Definitions;
using Xunit;

namespace MlflowRollout.Engine.Tests.Definitions;

public class DefinitionPropertyTests
{
    private static readonly string[] Samples = [.. DefinitionFolders.FilesOf(DefinitionFolders.Samples)];

    /// <summary>Any letter of any top-level key changed makes it unknown, and the error has its line.</summary>
    [Property(MaxTest = 300)]
    public void Read_TypoInAKey_IsRefusedAtItsLine(NonNegativeInt chosenKey, NonNegativeInt chosenLetter, NonNegativeInt chosenLines)
    {
        DefinitionKey[] keys = [.. DeploymentKeys.Deployment.Keys.Where(key => key.Form == DefinitionForm.Text && key.Name.Length > 4 && key.Name[0] != '$')];
        string key = keys[chosenKey.Get % keys.Length].Name;
        int letter = chosenLetter.Get % key.Length;
        string typo = $"{key[..letter]}{(key[letter] == 'q' ? 'x' : 'q')}{key[(letter + 1)..]}";
        int before = chosenLines.Get % 20;
        using TemporaryDefinition file = new(string.Concat(Enumerable.Repeat("# a line\n", before)) + $"{typo}: value\ninstance_count: 1\n");

        MlValidationException error = Assert.Throws<MlValidationException>(() => DefinitionFolders.Reader.ReadDeployment(file.Path));

        Assert.Equal(MlErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"line {before + 1}, column 1: a definition of a deployment has no key '{typo}'. Did you mean '{key}'?"), error.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever is done to a file, it is read or refused by an error of ours.</summary>
    [Property(MaxTest = 600)]
    public void Read_MutatedSample_ThrowsNothingElse(NonNegativeInt chosen, NonNegativeInt seed)
    {
        string name = Samples[chosen.Get % Samples.Length];
        Random random = new(seed.Get);
        byte[] bytes = Mutate(File.ReadAllBytes(Path.Combine(DefinitionFolders.Samples, name)), random);
        using TemporaryDefinition file = new(bytes);
        foreach (Func<string, object> read in new Func<string, object>[]
                 {
                     path => DefinitionFolders.Reader.ReadEndpoint(path), path => DefinitionFolders.Reader.ReadDeployment(path),
                     path => DefinitionFolders.Reader.ReadModel(path), path => DefinitionFolders.Reader.ReadTraffic(path),
                 })
        {
            try
            {
                Assert.NotNull(read(file.Path));
            }
            catch (MlValidationException error)
            {
                Assert.Contains(error.ErrorId, new[] { MlErrorIds.DefinitionInvalid, MlErrorIds.DefinitionParseFailed });
            }
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        byte[][] pieces = [.. new[] { ":", "\n", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "<<: ", "!!str ", "\t", "- ", "? ", "|\n", ">\n", "%", "---\n", "\\u", "\\UFFFFFFFF", "\0", "\u00fc", "~", "1e999", "\ud83d\ude00" }
            .Select(System.Text.Encoding.UTF8.GetBytes)];
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int at = random.Next(changed.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    changed.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
                case 1 when at < changed.Count:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 8), changed.Count - at));
                    break;
                case 2 when at < changed.Count:
                    changed[at] = (byte)random.Next(256);
                    break;
                default:
                    changed.InsertRange(at, changed.Skip(at / 2).Take(random.Next(40)).ToArray());
                    break;
            }
        }

        return [.. changed];
    }

    private sealed class TemporaryDefinition : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("definition").FullName;

        public TemporaryDefinition(string text)
            : this(System.Text.Encoding.UTF8.GetBytes(text))
        {
        }

        public TemporaryDefinition(byte[] bytes)
        {
            Path = System.IO.Path.Combine(_folder, "definition.yml");
            File.WriteAllBytes(Path, bytes);
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
