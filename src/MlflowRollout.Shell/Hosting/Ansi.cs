using System.Globalization;

namespace MlflowRollout.Shell.Hosting;

/// <summary>The control sequences that the host writes.</summary>
internal static class Ansi
{
    public const string Reset = "\e[0m";
    public const string ClearToEnd = "\e[J";
    public const string HideCursor = "\e[?25l";
    public const string ShowCursor = "\e[?25h";

    // By ConsoleColor: black, dark blue, dark green, dark cyan, dark red, dark magenta, dark yellow, gray.
    private static readonly int[] Order = [0, 4, 2, 6, 1, 5, 3, 7];

    public static string Up(int rows) => rows > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{rows}A") : string.Empty;

    public static string Down(int rows) => rows > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{rows}B") : string.Empty;

    public static string Right(int columns) => columns > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{columns}C") : string.Empty;

    public static string Foreground(ConsoleColor color) => Sequence(color, normal: 30, bright: 90);

    public static string Background(ConsoleColor color) => Sequence(color, normal: 40, bright: 100);

    private static string Sequence(ConsoleColor color, int normal, int bright)
    {
        int index = (int)color;
        return string.Create(CultureInfo.InvariantCulture, $"\e[{(index < 8 ? normal + Order[index] : bright + Order[index - 8])}m");
    }
}
