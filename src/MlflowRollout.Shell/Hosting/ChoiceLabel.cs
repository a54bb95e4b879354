using System.Management.Automation.Host;

namespace MlflowRollout.Shell.Hosting;

/// <summary>A choice's label, whose hot key stands behind an ampersand.</summary>
/// <param name="Text">The label without the mark.</param>
/// <param name="HotKey">The key in upper case; empty where there is none.</param>
internal readonly record struct ChoiceLabel(string Text, string HotKey)
{
    /// <summary>The key, or the label where there is none.</summary>
    public string Short => HotKey.Length > 0 ? HotKey : Text;

    /// <summary>Reads a label.</summary>
    public static ChoiceLabel Parse(ChoiceDescription choice)
    {
        string label = choice.Label;
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        return mark < 0
            ? new ChoiceLabel(label, string.Empty)
            : new ChoiceLabel(label.Remove(mark, 1).Trim(), mark + 1 < label.Length ? label[mark + 1].ToString().ToUpperInvariant() : string.Empty);
    }
}
