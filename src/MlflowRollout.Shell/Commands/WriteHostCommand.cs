using System.Collections;
using System.Management.Automation;
using System.Xml;

namespace MlflowRollout.Shell.Commands;

/// <summary>Writes to the host, and to the information stream with the tag that hosts expect.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    private static readonly string[] HostTag = ["PSHOST"];

    /// <summary>What to write.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [Alias("Msg", "Message")]
    public object? Object { get; set; }

    /// <summary>Does not end the line.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>What goes between the elements of a collection.</summary>
    [Parameter]
    public object? Separator { get; set; } = " ";

    /// <summary>The colour of the text.</summary>
    [Parameter]
    public ConsoleColor? ForegroundColor { get; set; }

    /// <summary>The colour behind the text.</summary>
    [Parameter]
    public ConsoleColor? BackgroundColor { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => WriteInformation(
        new HostInformationMessage
        {
            Message = TextOf(Object),
            NoNewLine = NoNewline.IsPresent,
            ForegroundColor = ForegroundColor,
            BackgroundColor = BackgroundColor,
        },
        HostTag);

    private string TextOf(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        PSObject { BaseObject: not PSCustomObject } wrapped when wrapped.BaseObject is string or IEnumerable or XmlNode => TextOf(wrapped.BaseObject),
        XmlNode node => node.Name,
        IEnumerable many => string.Join(Separator?.ToString(), many.Cast<object?>().Select(TextOf)),
        _ => value.ToString() ?? string.Empty,
    };
}
