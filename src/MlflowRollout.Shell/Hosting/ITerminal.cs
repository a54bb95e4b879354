namespace MlflowRollout.Shell.Hosting;

/// <summary>What the host needs of a console.</summary>
internal interface ITerminal
{
    /// <summary>Whether output goes to a terminal that understands control sequences.</summary>
    bool OutputIsTerminal { get; }

    /// <summary>Whether errors go to a terminal that understands control sequences.</summary>
    bool ErrorIsTerminal { get; }

    /// <summary>Whether keys can be read.</summary>
    bool InputIsTerminal { get; }

    /// <summary>The columns.</summary>
    int Width { get; }

    /// <summary>The rows.</summary>
    int Height { get; }

    /// <summary>Writes to the output.</summary>
    void Write(string text);

    /// <summary>Writes to the error output.</summary>
    void WriteError(string text);

    /// <summary>Reads a line of redirected input; null at its end.</summary>
    string? ReadLine();

    /// <summary>Reads a key without showing it; Ctrl-C is a key too while one is awaited.</summary>
    ConsoleKeyInfo ReadKey();
}
