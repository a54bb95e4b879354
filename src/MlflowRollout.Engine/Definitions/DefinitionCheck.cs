using System.Globalization;
using MlflowRollout.Engine.Errors;
using MlflowRollout.Engine.Yaml;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Holds a definition against its key tables: unknown keys, kinds of values, words, ranges, missing keys.</summary>
/// <param name="scope">The reading.</param>
/// <param name="root">The table of the whole file, for keys that stand at the wrong place.</param>
/// <param name="kind">Managed or Kubernetes.</param>
internal sealed class DefinitionCheck(DefinitionScope scope, DefinitionSection root, MlComputeType kind)
{
    private static readonly string[] ServerEntries =
        ["azureml.onlineendpointid", "AzureAsyncOperationUri", "createdAt", "createdBy", "lastModifiedAt", "lastModifiedBy"];

    /// <summary>Checks a map and all within it.</summary>
    /// <param name="item">The map.</param>
    /// <param name="section">Its keys.</param>
    /// <param name="replaced">Keys whose values are given otherwise, so that those of the file are of no interest.</param>
    public void CheckMap(YamlItem item, DefinitionSection section, IReadOnlyCollection<string>? replaced = null)
    {
        if (item.Map is not { } map)
        {
            scope.Findings.Add(item, $"{section.Name} must be a map of keys and values, and is {Shown(item)}");
            return;
        }

        foreach ((string name, YamlItem value) in map.ToArray())
        {
            YamlItem place = item.Keys![name];
            if (section.Find(name) is not { } key)
            {
                scope.Findings.Add(place, Unknown(name, section));
            }
            else if (replaced?.Contains(name) == true)
            {
                map.Remove(name);
            }
            else
            {
                CheckKey(key, place, value);
            }
        }

        foreach (DefinitionKey key in section.Keys.Where(key => key.IsRequired && !map.ContainsKey(key.Name)))
        {
            scope.Findings.Add(item, $"{section.Name} has no '{key.Name}', which it needs");
        }
    }

    private void CheckKey(DefinitionKey key, YamlItem place, YamlItem value)
    {
        if (key.Form == DefinitionForm.ReadOnly)
        {
            scope.Note(place, $"'{key.Name}' is written by the service and was passed over.");
        }
        else if (key.Form == DefinitionForm.Refused)
        {
            scope.Findings.Add(place, $"'{key.Name}' is not offered: {key.Description}");
        }
        else if (key.OnlyFor is { } only && only != kind)
        {
            scope.Findings.Add(place, only == MlComputeType.Kubernetes
                ? $"'{key.Name}' is for Kubernetes only; write type: kubernetes for a deployment of a Kubernetes endpoint"
                : $"'{key.Name}' is for managed endpoints only, and this is a Kubernetes one");
        }
        else if (value.IsNull)
        {
            scope.Findings.Add(place, $"'{key.Name}' has no value; leave the key out{(key.Form == DefinitionForm.Text ? ", or write \"\" for an empty text" : string.Empty)}");
        }
        else
        {
            CheckValue(key, value);
        }
    }

    private void CheckValue(DefinitionKey key, YamlItem value)
    {
        switch (key.Form)
        {
            case DefinitionForm.Text:
                CheckText(key.Name, value);
                break;
            case DefinitionForm.Version:
                CheckVersion(key.Name, value);
                break;
            case DefinitionForm.Whole:
                CheckRange(key, value, YamlScalar.Whole(value), "a whole number", long.MaxValue);
                break;
            case DefinitionForm.Number:
                CheckRange(key, value, YamlScalar.Number(value), "a number", double.MaxValue);
                break;
            case DefinitionForm.Truth when YamlScalar.Truth(value) is null:
                scope.Findings.Add(value, $"'{key.Name}' must be true or false, and is {Shown(value)}");
                break;
            case DefinitionForm.Choice when value.Text is null || DefinitionNode.FindChoice(key, value.Text) is null:
                scope.Findings.Add(value, $"'{key.Name}' must be {Words(key.Choices)}, and is {Shown(value)}{Near(value.Text, key.Choices)}");
                break;
            case DefinitionForm.Texts:
                CheckTexts(key, value);
                break;
            case DefinitionForm.Weights:
                CheckWeights(key, value);
                break;
            case DefinitionForm.Flavors when value.Map is null || value.Map.Values.Any(flavor => flavor.Map is null && !flavor.IsNull):
                scope.Findings.Add(value, $"'{key.Name}' must be a map of flavors, each of them a map");
                break;
            case DefinitionForm.List:
                CheckList(key, value);
                break;
            case DefinitionForm.Section when value.Map is null:
                scope.Findings.Add(value, $"'{key.Name}' must be a map of keys and values, and is {Shown(value)}");
                break;
            case DefinitionForm.Section:
                CheckMap(value, key.Section!);
                break;
            case DefinitionForm.Sections when value.Map is null:
                scope.Findings.Add(value, $"'{key.Name}' must be a map of names, and is {Shown(value)}");
                break;
            case DefinitionForm.Sections:
                foreach (YamlItem entry in value.Map!.Values)
                {
                    CheckMap(entry, key.Section!);
                }

                break;
            case DefinitionForm.TextOrSection when value.Map is not null:
                CheckMap(value, key.Section!);
                break;
            case DefinitionForm.TextOrMap when value.Map is not null:
                break;
            case DefinitionForm.TextOrSection or DefinitionForm.TextOrMap when value.Text is null or "":
                scope.Findings.Add(value, $"'{key.Name}' must be text or a map, and is {Shown(value)}");
                break;
            default:
                break;
        }
    }

    private void CheckText(string name, YamlItem value)
    {
        if (value.Text is null)
        {
            scope.Findings.Add(value, $"'{name}' must be text, and is {Shown(value)}");
        }
        else if (YamlScalar.IsTruth(value))
        {
            scope.Findings.Add(value, $"'{name}' must be text, and {value.Text} without quotes is a truth value; write \"{value.Text}\"");
        }
    }

    private void CheckVersion(string name, YamlItem value)
    {
        CheckText(name, value);
        if (value.Text is { } text && YamlScalar.IsNumber(value) && YamlScalar.AsSent(value) != text)
        {
            scope.Findings.Add(value, $"'{name}' is {text} without quotes, which YAML reads as another number; write \"{text}\"");
        }
    }

    private void CheckRange(DefinitionKey key, YamlItem value, double? number, string what, double widest)
    {
        double least = key.Minimum ?? -widest;
        double most = key.Maximum ?? (key.Form == DefinitionForm.Whole ? int.MaxValue : widest);
        if (number is null)
        {
            scope.Findings.Add(value, $"'{key.Name}' must be {what}, and is {Shown(value)}");
        }
        else if (number < least || number > most)
        {
            string range = key.Maximum is null or int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"at least {least}")
                : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
            scope.Findings.Add(value, $"'{key.Name}' must be {range}, and is {value.Text}");
        }
    }

    private void CheckTexts(DefinitionKey key, YamlItem value)
    {
        if (value.Map is not { } map)
        {
            scope.Findings.Add(value, $"'{key.Name}' must be a map of names to text, and is {Shown(value)}");
            return;
        }

        foreach ((string name, YamlItem entry) in map.ToArray())
        {
            YamlItem place = value.Keys![name];
            if (key.Name == "properties" && ServerEntries.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                scope.Note(place, $"'{name}' is written by the service and was passed over.");
                map.Remove(name);
            }
            else if (name.Length == 0)
            {
                scope.Findings.Add(place, $"a name in '{key.Name}' is empty");
            }
            else if (entry.IsNull)
            {
                scope.Findings.Add(place, $"'{name}' in '{key.Name}' has no value; leave it out, or write \"\" for an empty text");
            }
            else if (entry.Text is null)
            {
                scope.Findings.Add(entry, $"'{name}' in '{key.Name}' must be text, and is {Shown(entry)}");
            }
            else if (YamlScalar.AsSent(entry) is null)
            {
                scope.Findings.Add(entry, $"'{name}' in '{key.Name}' is {entry.Text} without quotes, which YAML reads as another number; write \"{entry.Text}\"");
            }
        }
    }

    private void CheckWeights(DefinitionKey key, YamlItem value)
    {
        if (value.Map is not { } map)
        {
            scope.Findings.Add(value, $"'{key.Name}' must be a map of deployments to percents, and is {Shown(value)}");
            return;
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, YamlItem entry) in map)
        {
            if (!names.Add(name))
            {
                scope.Findings.Add(value.Keys![name], $"'{name}' stands in '{key.Name}' twice, since the case of names does not count");
            }

            if (YamlScalar.Whole(entry) is not { } weight || weight < key.Minimum || weight > key.Maximum)
            {
                scope.Findings.Add(entry.IsNull ? value.Keys![name] : entry, $"the weight of '{name}' in '{key.Name}' must be a whole number from {key.Minimum} to {key.Maximum}, and is {Shown(entry)}");
            }
        }
    }

    private void CheckList(DefinitionKey key, YamlItem value)
    {
        if (value.Items is not { } items)
        {
            scope.Findings.Add(value, $"'{key.Name}' must be a list, and is {Shown(value)}");
            return;
        }

        foreach (YamlItem entry in items)
        {
            if (entry.Map is not null && key.Section is { } section)
            {
                CheckMap(entry, section);
            }
            else if (entry.Text is not { Length: > 0 })
            {
                scope.Findings.Add(entry, $"an entry of '{key.Name}' must be text{(key.Section is null ? string.Empty : " or a map")}, and is {Shown(entry)}");
            }
        }
    }

    private string Unknown(string name, DefinitionSection section)
    {
        string where = section != root ? $"{section.Name} has"
            : section == EndpointKeys.Weights ? "a file of weights has"
            : $"a definition of {(section.Name[0] is 'e' ? "an" : "a")} {section.Name} has";
        string[] known = [.. section.Keys.Where(IsOffered).Select(key => key.Name)];
        if (NearMatch.Find(name, known) is { } near)
        {
            return $"{where} no key '{name}'. Did you mean '{near}'?";
        }

        List<string> homes = section != root && root.Find(name) is { } top && IsOffered(top) ? ["at the top level"] : [];
        homes.AddRange(root.All()
            .SelectMany(other => other.Keys)
            .Where(key => key.Section is { } inner && inner != section && inner.Find(name) is { } found && IsOffered(found))
            .Select(key => $"in '{key.Name}'")
            .Distinct());
        return $"{where} no key '{name}'." + (homes.Count > 0 ? $" It belongs {string.Join(" or ", homes)}." : $" It has {string.Join(", ", known)}.");
    }

    private static bool IsOffered(DefinitionKey key) => key.Form is not (DefinitionForm.ReadOnly or DefinitionForm.Refused);

    private static string Near(string? text, IReadOnlyList<string> choices) =>
        text is not null && NearMatch.Find(text, choices) is { } near ? $". Did you mean '{near}'?" : string.Empty;

    private static string Words(IReadOnlyList<string> words) => words.Count == 1 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}";

    private static string Shown(YamlItem value) => value switch
    {
        { Map: not null } => "a map",
        { Items: not null } => "a list",
        { Text: null } => "empty",
        { Text.Length: > 60 } => $"'{value.Text[..60]}…'",
        _ => $"'{value.Text}'",
    };
}
