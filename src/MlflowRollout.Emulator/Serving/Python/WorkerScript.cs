using System.Diagnostics;
using System.Text;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>How Python is run on the worker's file.</summary>
internal static class WorkerScript
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "Serving", "Python", "mlflow_worker.py");

    public static ProcessStartInfo Start(string interpreter, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(interpreter, ["-u", File, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["PYTHONIOENCODING"] = "utf-8:backslashreplace";

        // The model folder is kept as it was verified.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return start;
    }
}
