using System.Reflection;
using System.Text.RegularExpressions;
using MlflowRollout.HelpCompiler.Metadata;
using MlflowRollout.Testing;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>The topic about errors against the ids that the module declares.</summary>
public sealed partial class ErrorTopicTests
{
    private static readonly (string Id, string Categories, string Meaning, string WayOut)[] Rows =
        [.. Row().Matches(DocumentBlocks.Text("docs/en-US/about_MlflowRollout_Errors.md"))
            .Select(match => (match.Groups["id"].Value, match.Groups["category"].Value, match.Groups["meaning"].Value, match.Groups["way"].Value))];

    [Fact]
    public void Topic_Ids_AreTheDeclaredOnesBothWays() => Assert.Equal(Declared("MlErrorIds").Order(StringComparer.Ordinal), Rows.Select(row => row.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Topic_Categories_AreDeclaredOnes()
    {
        string[] categories = Declared("MlErrorCategory");
        Assert.All(Rows, row => Assert.All(row.Categories.Split(", "), category => Assert.Contains(category, categories)));
    }

    [Fact]
    public void Topic_EveryId_SaysWhatHappenedAndTheWayOut() => Assert.All(Rows, row =>
    {
        Assert.True(row.Meaning.Trim().Length > 10, row.Id);
        Assert.True(row.WayOut.Trim().Length > 10, row.Id);
    });

    /// <summary>Names of constants or members, read from a copy so that the module's own assembly is not touched.</summary>
    private static string[] Declared(string type)
    {
        var context = new CmdletAssemblyLoadContext(Path.Combine(RepositoryPaths.ModuleBase, "bin", "MlflowRollout.Abstractions.dll"));
        try
        {
            return [.. context.LoadMain().GetType("MlflowRollout." + type, throwOnError: true)!
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral)
                .Select(field => field.FieldType == typeof(string) ? (string)field.GetRawConstantValue()! : field.Name)];
        }
        finally
        {
            context.Unload();
        }
    }

    [GeneratedRegex(@"^\| `(?<id>[A-Za-z]+)` \| (?<category>[A-Za-z, ]+?) \| (?<meaning>[^|]+) \| (?<way>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
