using System.Runtime.InteropServices;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>
/// Keeps ONNX Runtime from reporting to its maker. Since version 1.29 its official builds do so on Linux and macOS too unless the environment variable
/// <c>ORT_DISABLE_TELEMETRY</c> is set, and write a device id below the user's cache folder. An emulator talks to nobody and leaves nothing behind.
/// </summary>
internal static partial class RuntimeTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Must run before the native library is loaded.</summary>
    public static void Disable()
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps a copy of the environment of its own on Unix; native code reads the real one.
            _ = SetNativeVariable(Variable, "1", overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
