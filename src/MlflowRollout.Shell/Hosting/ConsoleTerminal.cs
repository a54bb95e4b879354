using System.Text;

namespace MlflowRollout.Shell.Hosting;

/// <summary>The console of this process.</summary>
internal sealed class ConsoleTerminal : ITerminal
{
    // What pwsh takes where there is no terminal.
    private const int DefaultWidth = 120;
    private const int DefaultHeight = 50;

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public ConsoleTerminal()
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsConsole.Prepare();
        }

        bool dumb = string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);
        OutputIsTerminal = !Console.IsOutputRedirected && !dumb;
        ErrorIsTerminal = !Console.IsErrorRedirected && !dumb;
        InputIsTerminal = !Console.IsInputRedirected && OutputIsTerminal;
        _output = Writer(Console.OpenStandardOutput());
        _error = Writer(Console.OpenStandardError());

        // What scripts print past the host ([Console]::WriteLine) must keep its place.
        Console.SetOut(_output);
        Console.SetError(_error);
    }

    public bool OutputIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    public bool InputIsTerminal { get; }

    public int Width => OutputIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth;

    public int Height => OutputIsTerminal && Console.WindowHeight > 0 ? Console.WindowHeight : DefaultHeight;

    public void Write(string text) => _output.Write(text);

    public void WriteError(string text) => _error.Write(text);

    public string? ReadLine() => Console.In.ReadLine();

    public ConsoleKeyInfo ReadKey()
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private static TextWriter Writer(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) { AutoFlush = true });
}
