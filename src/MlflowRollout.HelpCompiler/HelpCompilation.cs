using System.Text;
using MlflowRollout.HelpCompiler.Checks;
using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Metadata;
using MlflowRollout.HelpCompiler.Output;

namespace MlflowRollout.HelpCompiler;

/// <summary>One run over a folder of sources.</summary>
internal sealed class HelpCompilation
{
    private readonly List<HelpProblem> _problems = [];
    private readonly string _folder;
    private readonly IReadOnlyList<CmdletMetadata> _cmdlets;
    private readonly List<CmdletDocument> _documents = [];
    private readonly List<SourceText> _topics = [];

    /// <summary>Reads the sources.</summary>
    /// <param name="cmdlets">Cmdlets of the assembly.</param>
    /// <param name="folder">Folder of the sources.</param>
    internal HelpCompilation(IReadOnlyList<CmdletMetadata> cmdlets, string folder)
    {
        _cmdlets = cmdlets;
        _folder = folder;
        foreach (string file in Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal))
        {
            SourceText source = SourceText.Read(file);
            if (Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal))
            {
                _topics.Add(source);
            }
            else if (CmdletDocumentParser.Parse(source, _problems) is { } document)
            {
                _documents.Add(document);
            }
        }
    }

    /// <summary>What is wrong so far.</summary>
    internal IReadOnlyList<HelpProblem> Problems => _problems;

    /// <summary>The sources of cmdlets.</summary>
    internal IReadOnlyList<CmdletDocument> Documents => _documents;

    /// <summary>Writes generated blocks anew.</summary>
    /// <returns>Files that changed.</returns>
    internal IReadOnlyList<string> Update()
    {
        List<string> changed = [];
        foreach ((CmdletMetadata cmdlet, CmdletDocument document) in Pairs())
        {
            string text = DocumentUpdate.Apply(document, cmdlet);
            if (text != string.Join('\n', document.Source.Lines))
            {
                File.WriteAllText(document.Source.File, text);
                changed.Add(document.Source.File);
            }
        }

        return changed;
    }

    /// <summary>Checks everything.</summary>
    internal void Check()
    {
        _problems.AddRange(DocumentCheck.Pairs(_cmdlets, _documents, _folder));
        foreach ((CmdletMetadata cmdlet, CmdletDocument document) in Pairs())
        {
            _problems.AddRange(DocumentCheck.Parameters(document, cmdlet));
            _problems.AddRange(DocumentCheck.Generated(document, cmdlet));
            _problems.AddRange(DocumentCheck.Types(document, cmdlet));
            _problems.AddRange(DocumentCheck.Links(document));
        }
    }

    /// <summary>Writes the help files; nothing when anything is wrong.</summary>
    /// <param name="output">Folder.</param>
    /// <param name="assemblyName">File name of the assembly with the cmdlets.</param>
    internal void Write(string output, string assemblyName)
    {
        Dictionary<string, string> topics = _topics.ToDictionary(
            topic => Path.GetFileNameWithoutExtension(topic.File) + ".help.txt", topic => AboutTopic.Render(topic, _problems), StringComparer.Ordinal);
        if (_problems.Count > 0)
        {
            return;
        }

        Directory.CreateDirectory(output);
        using (FileStream stream = File.Create(Path.Combine(output, assemblyName + "-Help.xml")))
        {
            MamlWriter.Write(stream, Pairs());
        }

        foreach ((string name, string text) in topics)
        {
            File.WriteAllText(Path.Combine(output, name), text, new UTF8Encoding(false));
        }
    }

    private IEnumerable<(CmdletMetadata Cmdlet, CmdletDocument Document)> Pairs() =>
        from cmdlet in _cmdlets
        join document in _documents on cmdlet.Name equals document.Name
        select (cmdlet, document);
}
