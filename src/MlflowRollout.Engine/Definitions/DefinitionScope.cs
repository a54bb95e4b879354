using System.Globalization;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>One reading of a definition file: where it is, what was found, what was passed over.</summary>
/// <param name="file">Full path of the file.</param>
internal sealed class DefinitionScope(string file)
{
    private readonly List<string> _notes = [];

    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The folder that relative paths count from.</summary>
    public string Folder { get; } = Path.GetDirectoryName(file)!;

    /// <summary>What is wrong.</summary>
    public DefinitionFindings Findings { get; } = new(file);

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adds something that is passed over.</summary>
    public void Note(YamlItem at, string message) =>
        _notes.Add(string.Create(CultureInfo.InvariantCulture, $"'{File}', line {at.Line}: {message}"));

    /// <summary>Takes over what the reading of a file within this one passed over.</summary>
    public void NoteAll(IEnumerable<string> notes) => _notes.AddRange(notes);
}
