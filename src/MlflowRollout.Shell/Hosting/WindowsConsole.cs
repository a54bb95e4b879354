using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace MlflowRollout.Shell.Hosting;

/// <summary>Brings the console of older Windows versions to what terminals do elsewhere.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsConsole
{
    private const int StandardOutput = -11;
    private const uint EnableVirtualTerminalProcessing = 4;

    /// <summary>Lets the console understand control sequences and UTF-8. Where that fails, it stays as it was.</summary>
    public static void Prepare()
    {
        nint output = GetStdHandle(StandardOutput);
        if (GetConsoleMode(output, out uint mode))
        {
            SetConsoleMode(output, mode | EnableVirtualTerminalProcessing);
            Console.OutputEncoding = Encoding.UTF8;
        }
    }

    [LibraryImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint GetStdHandle(int handle);

    [LibraryImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
