using System.Management.Automation;
using System.Management.Automation.Host;

namespace MlflowRollout.Shell.Hosting;

/// <summary>The window: its size, its keys, and the little of the rest that a portable console has.</summary>
internal sealed class ShellRawUserInterface(ITerminal terminal) : PSHostRawUserInterface
{
    private const string NoBuffer = "This host has no screen buffer that can be read or moved.";

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override Size BufferSize
    {
        get => new(terminal.Width, terminal.Height);
        set => throw new PSNotSupportedException(NoBuffer);
    }

    public override Coordinates CursorPosition
    {
        get => terminal.InputIsTerminal ? new Coordinates(Console.CursorLeft, Console.CursorTop) : default;
        set
        {
            if (terminal.OutputIsTerminal)
            {
                Console.SetCursorPosition(value.X, value.Y);
            }
        }
    }

    public override int CursorSize { get; set; } = 25;

    public override bool KeyAvailable => terminal.InputIsTerminal && Console.KeyAvailable;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Size MaxWindowSize => WindowSize;

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw new PSNotSupportedException(NoBuffer);
    }

    public override Size WindowSize
    {
        get => new(terminal.Width, terminal.Height);
        set => throw new PSNotSupportedException(NoBuffer);
    }

    public override string WindowTitle
    {
        get => field;
        set
        {
            field = value;
            if (terminal.OutputIsTerminal)
            {
                terminal.Write($"\e]0;{string.Concat(value.Where(static character => !char.IsControl(character)))}\a");
            }
        }
    } = string.Empty;

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            _ = terminal.ReadKey();
        }
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (!terminal.InputIsTerminal)
        {
            throw new PSInvalidOperationException("No key can be read: the input is redirected.");
        }

        ConsoleKeyInfo key = terminal.ReadKey();
        if (!options.HasFlag(ReadKeyOptions.NoEcho) && !char.IsControl(key.KeyChar))
        {
            terminal.Write(key.KeyChar.ToString());
        }

        ControlKeyStates states = 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0;
        return new KeyInfo((int)key.Key, key.KeyChar, states, keyDown: true);
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new PSNotSupportedException(NoBuffer);

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new PSNotSupportedException(NoBuffer);

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new PSNotSupportedException(NoBuffer);

    // Clear-Host asks for the whole window; nothing else can be done.
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (terminal.OutputIsTerminal)
        {
            terminal.Write("\e[2J\e[H");
        }
    }
}
