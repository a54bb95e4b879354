using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace MlflowRollout.Shell.Hosting;

/// <summary>The questions that the engine and commands ask, in the form that pwsh gives them.</summary>
internal sealed class Questions(ShellUserInterface ui)
{
    /// <summary>Asks for one of several choices; <c>?</c> explains them.</summary>
    public int AskChoice(string? caption, string? message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentOutOfRangeException.ThrowIfZero(choices.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(defaultChoice, choices.Count);
        Head(caption, message);
        ChoiceLabel[] labels = [.. choices.Select(ChoiceLabel.Parse)];
        while (true)
        {
            string answer = AskLine(PromptOf(labels, defaultChoice >= 0 ? [defaultChoice] : []));
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (answer == "?")
            {
                Explain(choices, labels);
            }
            else if (Find(labels, answer) is int picked)
            {
                return picked;
            }
        }
    }

    /// <summary>Asks for some of several choices; an empty answer ends the list.</summary>
    public Collection<int> AskChoices(string? caption, string? message, Collection<ChoiceDescription> choices, int[] defaults)
    {
        ArgumentNullException.ThrowIfNull(choices);
        Head(caption, message);
        ChoiceLabel[] labels = [.. choices.Select(ChoiceLabel.Parse)];
        ui.WriteLine(PromptOf(labels, defaults));
        Collection<int> picked = [];
        while (true)
        {
            string answer = AskLine(string.Create(CultureInfo.InvariantCulture, $"Choice[{picked.Count}]: "));
            if (answer.Length == 0)
            {
                return picked.Count > 0 ? picked : new Collection<int>(defaults);
            }

            if (answer == "?")
            {
                Explain(choices, labels);
            }
            else if (Find(labels, answer) is int choice)
            {
                picked.Add(choice);
            }
        }
    }

    /// <summary>Asks for the values of fields, such as missing mandatory parameters.</summary>
    public Dictionary<string, PSObject> AskFields(string? caption, string? message, Collection<FieldDescription> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Head(caption, message);
        if (fields.Any(static field => !string.IsNullOrEmpty(field.HelpMessage)))
        {
            ui.WriteLine("(Type !? for Help.)");
        }

        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in fields)
        {
            Type type = TypeOf(field);
            object? value = type.IsArray ? AskMany(field, type.GetElementType()!) : AskOne(field, field.Name, type, optional: false);
            answers[field.Name] = PSObject.AsPSObject(value ?? string.Empty);
        }

        return answers;
    }

    /// <summary>Asks for a user and a password.</summary>
    public PSCredential? AskCredential(string? caption, string? message, string? userName)
    {
        Head(caption, message);
        string user = string.IsNullOrEmpty(userName) ? AskLine("User: ") : userName;
        if (user.Length == 0)
        {
            return null;
        }

        ui.Write($"Password for user {user}: ");
        return new PSCredential(user, ui.ReadLineAsSecureString());
    }

    private static Type TypeOf(FieldDescription field) =>
        (string.IsNullOrEmpty(field.ParameterAssemblyFullName) ? null : Type.GetType(field.ParameterAssemblyFullName))
        ?? (LanguagePrimitives.TryConvertTo(field.ParameterTypeFullName, out Type type) ? type : typeof(string));

    private Array AskMany(FieldDescription field, Type elementType)
    {
        List<object> values = [];
        while (AskOne(field, string.Create(CultureInfo.InvariantCulture, $"{field.Name}[{values.Count}]"), elementType, optional: true) is object value)
        {
            values.Add(value);
        }

        Array array = Array.CreateInstance(elementType, values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            array.SetValue(values[i], i);
        }

        return array;
    }

    private object? AskOne(FieldDescription field, string label, Type type, bool optional)
    {
        while (true)
        {
            if (type == typeof(SecureString))
            {
                ui.Write(label + ": ");
                SecureString secret = ui.ReadLineAsSecureString();
                return optional && secret.Length == 0 ? null : secret;
            }

            if (type == typeof(PSCredential))
            {
                return AskCredential(null, label, null);
            }

            string answer = AskLine(label + ": ");
            if (answer == "!?")
            {
                ui.WriteLine(string.IsNullOrEmpty(field.HelpMessage) ? $"No help is available for {field.Name}." : field.HelpMessage);
                continue;
            }

            if (optional && answer.Length == 0)
            {
                return null;
            }

            if (type == typeof(string) || type == typeof(object))
            {
                return answer;
            }

            try
            {
                return LanguagePrimitives.ConvertTo(answer, type, CultureInfo.CurrentCulture);
            }
            catch (PSInvalidCastException e)
            {
                ui.WriteErrorLine(e.Message);
            }
        }
    }

    private static string PromptOf(ChoiceLabel[] labels, int[] defaults)
    {
        StringBuilder prompt = new();
        foreach (ChoiceLabel label in labels)
        {
            prompt.Append(label.HotKey.Length > 0 ? $"[{label.HotKey}] {label.Text}  " : label.Text + "  ");
        }

        prompt.Append("[?] Help");
        if (defaults.Length > 0)
        {
            prompt.Append(CultureInfo.InvariantCulture, $" (default is \"{string.Join(',', defaults.Select(index => labels[index].Short))}\")");
        }

        return prompt.Append(": ").ToString();
    }

    private static int? Find(ChoiceLabel[] labels, string answer)
    {
        // Whole labels first: one label may be the hot key of another.
        int found = Array.FindIndex(labels, label => string.Equals(label.Text, answer, StringComparison.CurrentCultureIgnoreCase));
        if (found < 0)
        {
            found = Array.FindIndex(labels, label => label.HotKey.Length > 0 && string.Equals(label.HotKey, answer, StringComparison.CurrentCultureIgnoreCase));
        }

        return found >= 0 ? found : null;
    }

    private void Head(string? caption, string? message)
    {
        ui.SuspendProgress();
        if (!ui.IsAtLineStart)
        {
            ui.WriteLine(string.Empty);
        }

        if (!string.IsNullOrEmpty(caption))
        {
            ui.WriteLine(string.Empty);
            ui.WriteLine(ui.SupportsVirtualTerminal ? $"{PSStyle.Instance.Bold}{caption}{PSStyle.Instance.Reset}" : caption);
        }

        if (!string.IsNullOrEmpty(message))
        {
            ui.WriteLine(message);
        }
    }

    private string AskLine(string prompt)
    {
        ui.Write(prompt);
        return ui.Read(masked: false).Trim();
    }

    private void Explain(Collection<ChoiceDescription> choices, ChoiceLabel[] labels)
    {
        for (int i = 0; i < choices.Count; i++)
        {
            ui.WriteLine($"{labels[i].Short} - {choices[i].HelpMessage}");
        }
    }
}
