namespace MlflowRollout.Shell;

/// <summary>What the command line asks for.</summary>
internal sealed record ShellOptions
{
    /// <summary>Print the help and end.</summary>
    public bool Help { get; init; }

    /// <summary>Print the version and end.</summary>
    public bool Version { get; init; }

    /// <summary>The script file to run, or null.</summary>
    public string? Script { get; init; }

    /// <summary>The arguments of the script, untouched.</summary>
    public IReadOnlyList<string> ScriptArguments { get; init; } = [];

    /// <summary>The command text to run, or null.</summary>
    public string? Command { get; init; }

    /// <summary>Folders that are searched for modules before any other.</summary>
    public IReadOnlyList<string> ModulePaths { get; init; } = [];

    /// <summary>Prompts are errors.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>No progress bars.</summary>
    public bool NoProgress { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ShellUsageException">The command line is wrong.</exception>
    public static ShellOptions Parse(IReadOnlyList<string> arguments)
    {
        ShellOptions options = new();
        List<string> modulePaths = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            switch (argument)
            {
                case "-h" or "-?" or "--help":
                    return options with { Help = true };
                case "--version":
                    return options with { Version = true };
                case "--non-interactive":
                    options = options with { NonInteractive = true };
                    break;
                case "--no-progress":
                    options = options with { NoProgress = true };
                    break;
                case "--module-path":
                    modulePaths.Add(ValueOf(arguments, ref i, "a folder"));
                    break;
                case "-c" or "--command":
                    options = options with { Command = ValueOf(arguments, ref i, "the command's text") };
                    if (i + 1 < arguments.Count)
                    {
                        throw new ShellUsageException($"Nothing may follow the command's text, but '{arguments[i + 1]}' does. Put quotes around the whole command.");
                    }

                    break;
                case "--" when i + 1 < arguments.Count:
                    return Run(options, modulePaths, arguments, i + 1);
                case "--":
                    break;
                default:
                    if (argument.StartsWith('-'))
                    {
                        throw new ShellUsageException($"There is no option '{argument}'. See --help; the options of a script follow its name.");
                    }

                    return Run(options, modulePaths, arguments, i);
            }
        }

        return options with { ModulePaths = modulePaths };
    }

    private static ShellOptions Run(ShellOptions options, List<string> modulePaths, IReadOnlyList<string> arguments, int index) => options with
    {
        ModulePaths = modulePaths,
        Script = arguments[index],
        ScriptArguments = [.. arguments.Skip(index + 1)],
    };

    private static string ValueOf(IReadOnlyList<string> arguments, ref int index, string what)
    {
        string option = arguments[index];
        return ++index < arguments.Count
            ? arguments[index]
            : throw new ShellUsageException($"The option '{option}' must be followed by {what}.");
    }
}
