namespace MlflowRollout.HelpCompiler;

/// <summary>What the tool is asked to do.</summary>
/// <param name="ModuleAssembly">The assembly with the cmdlets.</param>
/// <param name="Sources">Folder of the markdown sources.</param>
/// <param name="Output">Folder for the help files; null with <paramref name="Update"/>.</param>
/// <param name="Update">True: write the generated blocks of the sources anew and compile nothing.</param>
internal sealed record HelpCompilerOptions(string ModuleAssembly, string Sources, string? Output, bool Update)
{
    /// <summary>How the tool is called.</summary>
    internal const string Usage = """
        Usage: MlflowRollout.HelpCompiler --module <MlflowRollout.dll> --source <docs/en-US> (--output <folder> | --update)
          --output <folder>  checks the sources against the assembly and writes <assembly>-Help.xml and about_*.help.txt
          --update           writes the SYNTAX blocks and parameter tables of the sources anew
        """;

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">Arguments.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    internal static HelpCompilerOptions? Parse(IReadOnlyList<string> arguments, out string? error)
    {
        string? module = null;
        string? source = null;
        string? output = null;
        bool update = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--update":
                    update = true;
                    break;
                case "--module" when i + 1 < arguments.Count:
                    module = arguments[++i];
                    break;
                case "--source" when i + 1 < arguments.Count:
                    source = arguments[++i];
                    break;
                case "--output" when i + 1 < arguments.Count:
                    output = arguments[++i];
                    break;
                default:
                    error = $"'{arguments[i]}' is not known here, or its value is missing.";
                    return null;
            }
        }

        error = module is null || source is null ? "--module and --source are needed."
            : update == output is not null ? "Either --output or --update is needed, and not both."
            : null;
        return error is null ? new HelpCompilerOptions(module!, source!, output, update) : null;
    }
}
