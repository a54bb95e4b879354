using System.Globalization;
using System.Text;
using System.Xml;
using MlflowRollout.HelpCompiler.Markdown;
using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Output;

/// <summary>Writes the help file of a binary module in the form that PowerShell reads (MAML).</summary>
internal sealed class MamlWriter : IDisposable
{
    private const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    private const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XmlWriter _xml;

    private MamlWriter(Stream stream) =>
        _xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n", NewLineHandling = NewLineHandling.None });

    /// <summary>Writes the help of all cmdlets.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="cmdlets">Cmdlets with their sources.</param>
    internal static void Write(Stream stream, IEnumerable<(CmdletMetadata Cmdlet, CmdletDocument Document)> cmdlets)
    {
        using var writer = new MamlWriter(stream);
        writer.WriteAll(cmdlets);
    }

    /// <inheritdoc/>
    public void Dispose() => _xml.Dispose();

    private void WriteAll(IEnumerable<(CmdletMetadata Cmdlet, CmdletDocument Document)> cmdlets)
    {
        _xml.WriteStartDocument();
        _xml.WriteStartElement("helpItems", "http://msh");
        _xml.WriteAttributeString("schema", "maml");
        foreach ((CmdletMetadata cmdlet, CmdletDocument document) in cmdlets)
        {
            WriteCmdlet(cmdlet, document);
        }

        _xml.WriteEndElement();
    }

    private void WriteCmdlet(CmdletMetadata cmdlet, CmdletDocument document)
    {
        _xml.WriteStartElement("command", "command", Command);
        _xml.WriteAttributeString("xmlns", "maml", null, Maml);
        _xml.WriteAttributeString("xmlns", "dev", null, Dev);

        Element("command", "details", Command, () =>
        {
            Text("command", "name", Command, cmdlet.Name);
            Text("command", "verb", Command, cmdlet.Verb);
            Text("command", "noun", Command, cmdlet.Noun);
            Element("maml", "description", Maml, () => Text("maml", "para", Maml, PlainText.From(document.Synopsis)));
        });
        WriteDescription(document.Description);
        Element("command", "syntax", Command, () =>
        {
            foreach (string set in cmdlet.SetNames)
            {
                Element("command", "syntaxItem", Command, () =>
                {
                    Text("maml", "name", Maml, cmdlet.Name);
                    foreach ((ParameterMetadata parameter, ParameterSetUse use) in cmdlet.InSyntaxOrder(set))
                    {
                        WriteParameter(parameter, use, document);
                    }
                });
            }
        });
        Element("command", "parameters", Command, () =>
        {
            foreach (ParameterMetadata parameter in cmdlet.Parameters)
            {
                WriteParameter(parameter, Whole(cmdlet, parameter), document);
            }
        });
        Element("command", "inputTypes", Command, () => WriteTypes("inputType", document.Inputs));
        Element("command", "returnValues", Command, () => WriteTypes("returnValue", document.Outputs));
        Element("maml", "alertSet", Maml, () => Element("maml", "alert", Maml, () => WriteBlocks(document.Notes)));
        Element("command", "examples", Command, () =>
        {
            foreach (ExampleDocument example in document.Examples)
            {
                WriteExample(example);
            }
        });
        Element("command", "relatedLinks", Command, () =>
        {
            foreach ((string text, string target) in document.Links)
            {
                Element("maml", "navigationLink", Maml, () =>
                {
                    Text("maml", "linkText", Maml, text);
                    Text("maml", "uri", Maml, target.StartsWith("http", StringComparison.Ordinal) ? target : string.Empty);
                });
            }
        });
        _xml.WriteEndElement();
    }

    private void WriteExample(ExampleDocument example) => Element("command", "example", Command, () =>
    {
        Text("maml", "title", Maml, $"---- {PlainText.From(example.Title)} ----");
        Text("dev", "code", Dev, string.Join("\n\n", example.Code.Select(block => block.Text)));
        Element("dev", "remarks", Dev, () =>
        {
            WriteBlocks(example.Remarks);
            Text("maml", "para", Maml, string.Empty); // PowerShell puts no line between examples of its own.
        });
    });

    private void WriteParameter(ParameterMetadata parameter, ParameterSetUse use, CmdletDocument document)
    {
        ParameterDocument? text = document.Parameters.FirstOrDefault(candidate => candidate.Name == parameter.Name);
        Element("command", "parameter", Command, () =>
        {
            _xml.WriteAttributeString("required", Lower(use.IsMandatory));
            _xml.WriteAttributeString("variableLength", Lower(parameter.TypeName.EndsWith("[]", StringComparison.Ordinal)));
            _xml.WriteAttributeString("globbing", Lower(parameter.AcceptsWildcards));
            _xml.WriteAttributeString("pipelineInput", use.PipelineInput);
            _xml.WriteAttributeString("position", use.Position is null ? "named" : use.PositionText);
            _xml.WriteAttributeString("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases));
            Text("maml", "name", Maml, parameter.Name);
            WriteDescription(text?.Description ?? []);
            if (parameter.AcceptedValues.Count > 0)
            {
                Element("command", "parameterValueGroup", Command, () =>
                {
                    foreach (string value in parameter.AcceptedValues)
                    {
                        Element("command", "parameterValue", Command, () =>
                        {
                            _xml.WriteAttributeString("required", "false");
                            _xml.WriteAttributeString("variableLength", "false");
                            _xml.WriteString(value);
                        });
                    }
                });
            }

            if (!parameter.IsSwitch)
            {
                Element("command", "parameterValue", Command, () =>
                {
                    _xml.WriteAttributeString("required", "true");
                    _xml.WriteAttributeString("variableLength", "false");
                    _xml.WriteString(parameter.TypeName);
                });
            }

            Element("dev", "type", Dev, () =>
            {
                Text("maml", "name", Maml, parameter.TypeName);
                Text("maml", "uri", Maml, string.Empty);
            });
            Text("dev", "defaultValue", Dev, text?.DefaultValue ?? (parameter.IsSwitch ? "False" : "None"));
        });
    }

    private void WriteTypes(string element, IReadOnlyList<TypeDocument> types)
    {
        foreach (TypeDocument type in types)
        {
            Element("command", element, Command, () =>
            {
                Element("dev", "type", Dev, () => Text("maml", "name", Maml, type.TypeName));
                WriteDescription(type.Description);
            });
        }
    }

    private void WriteDescription(IReadOnlyList<MarkdownBlock> blocks) => Element("maml", "description", Maml, () => WriteBlocks(blocks));

    private void WriteBlocks(IReadOnlyList<MarkdownBlock> blocks)
    {
        foreach (MarkdownBlock block in blocks)
        {
            Text("maml", "para", Maml, block.Kind switch
            {
                MarkdownBlockKind.Code => block.Text,
                MarkdownBlockKind.Bullet => "- " + PlainText.From(block.Text),
                MarkdownBlockKind.TableRow => string.Join("    ", block.Cells.Select(PlainText.From)),
                _ => PlainText.From(block.Text),
            });
        }
    }

    private static ParameterSetUse Whole(CmdletMetadata cmdlet, ParameterMetadata parameter)
    {
        // One entry stands for all sets: required means required wherever it is, the position is that of the first set that has one.
        ParameterSetUse[] uses = [.. cmdlet.SetNames.Select(parameter.UseIn).OfType<ParameterSetUse>()];
        return new ParameterSetUse(
            ParameterSetUse.AllSets,
            uses.All(use => use.IsMandatory),
            uses.Select(use => use.Position).FirstOrDefault(position => position is not null),
            uses.Any(use => use.ByValue),
            uses.Any(use => use.ByPropertyName),
            uses.Any(use => use.TakesRemaining));
    }

    private static string Lower(bool value) => value.ToString(CultureInfo.InvariantCulture) is "True" ? "true" : "false";

    private void Text(string prefix, string name, string space, string text)
    {
        _xml.WriteStartElement(prefix, name, space);
        _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    private void Element(string prefix, string name, string space, Action content)
    {
        _xml.WriteStartElement(prefix, name, space);
        content();
        _xml.WriteEndElement();
    }
}
