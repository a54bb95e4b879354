using System.Globalization;
using System.Text;

namespace MlflowRollout.Engine.Definitions;

/// <summary>The tables of the guide, made from the key tables.</summary>
internal static class DefinitionTables
{
    /// <summary>The table of a file and of the maps in it, in Markdown.</summary>
    /// <param name="root">Table of the file.</param>
    /// <param name="known">Sections that have a table elsewhere.</param>
    public static string Write(DefinitionSection root, IReadOnlyCollection<DefinitionSection> known)
    {
        StringBuilder text = new();
        foreach (DefinitionSection section in Nested(root, known))
        {
            if (section != root)
            {
                text.Append(CultureInfo.InvariantCulture, $"\nKeys of {string.Join(", ", Parents(root, section).Select(parent => $"`{parent}`"))}:\n\n");
            }

            text.Append("| Key | Takes | Default | Meaning |\n|---|---|---|---|\n");
            foreach (DefinitionKey key in section.Keys.Where(key => key.Form is not (DefinitionForm.ReadOnly or DefinitionForm.Refused)))
            {
                string only = key.OnlyFor is { } kind ? $" {kind} only." : string.Empty;
                text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {Takes(key)} | {(key.IsRequired ? "needed" : key.Default ?? string.Empty)} | {key.Description.Replace("<", "&lt;", StringComparison.Ordinal)}{only} |\n");
            }

            string[] passed = [.. section.Keys.Where(key => key.Form == DefinitionForm.ReadOnly).Select(key => $"`{key.Name}`")];
            if (passed.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\nWritten by the service and passed over: {string.Join(", ", passed)}.\n");
            }

            foreach (DefinitionKey key in section.Keys.Where(key => key.Form == DefinitionForm.Refused))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n`{key.Name}` is refused: {key.Description}.\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<DefinitionSection> Nested(DefinitionSection root, IReadOnlyCollection<DefinitionSection> known)
    {
        HashSet<DefinitionSection> elsewhere = [.. known.Where(section => section != root).SelectMany(section => section.All())];
        return root.All().Where(section => section == root || !elsewhere.Contains(section));
    }

    private static IEnumerable<string> Parents(DefinitionSection root, DefinitionSection section) =>
        root.All().SelectMany(parent => parent.Keys).Where(key => key.Section == section).Select(key => key.Form switch
        {
            DefinitionForm.Sections => $"{key.Name}.<name>",
            DefinitionForm.List => $"{key.Name}[]",
            _ => key.Name,
        });

    private static string Takes(DefinitionKey key) => key.Form switch
    {
        DefinitionForm.Text => "text",
        DefinitionForm.Version => "version",
        DefinitionForm.Whole or DefinitionForm.Number => Range(key),
        DefinitionForm.Truth => "`true`, `false`",
        DefinitionForm.Choice => string.Join(", ", key.Choices.Select(choice => $"`{choice}`")),
        DefinitionForm.Texts => "map of text",
        DefinitionForm.Weights => "map of whole numbers",
        DefinitionForm.Flavors => "map of maps",
        DefinitionForm.List => key.Section is null ? "list of text" : "list of text or maps",
        DefinitionForm.Section => "map",
        DefinitionForm.Sections => "map of maps",
        _ => "text or map",
    };

    private static string Range(DefinitionKey key)
    {
        string what = key.Form == DefinitionForm.Whole ? "whole number" : "number";
        return (key.Minimum, key.Maximum) switch
        {
            ({ } least, { } most and < int.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"{what}, {least} to {most}"),
            ({ } least, _) => string.Create(CultureInfo.InvariantCulture, $"{what} from {least}"),
            _ => what,
        };
    }
}
