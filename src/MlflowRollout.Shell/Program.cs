using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using MlflowRollout.Shell.Hosting;
using MlflowRollout.Shell.Prompt;

namespace MlflowRollout.Shell;

/// <summary>The entry point of the shell.</summary>
public static class Program
{
    private const string AnalysisCache = "PSModuleAnalysisCachePath";

    /// <summary>What has to be set before the engine is touched.</summary>
    public static void PrepareProcess()
    {
        // The engine reports its start to its maker, as pwsh, and keeps an id in the user's cache folder. This shell is not pwsh.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

        // A session of more than ten seconds would write what it found in modules to that folder too. This shell has few, and leaves nothing behind.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AnalysisCache)))
        {
            Environment.SetEnvironmentVariable(AnalysisCache, OperatingSystem.IsWindows() ? "NUL" : "/dev/null");
        }
    }

    /// <summary>Runs the shell and returns its exit code.</summary>
    public static int Main(string[] args)
    {
        PrepareProcess();
        ConsoleTerminal terminal = new();
        ShellOptions options;
        try
        {
            options = ShellOptions.Parse(args);
        }
        catch (ShellUsageException e)
        {
            terminal.WriteError(e.Message + Environment.NewLine);
            return ExitCodes.Usage;
        }

        if (options.Help)
        {
            terminal.Write(UsageText.Help + Environment.NewLine);
            return ExitCodes.Success;
        }

        if (options.Version)
        {
            string engine = typeof(PSObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split(' ', '+')[0];
            terminal.Write($"MlflowRollout.Shell {typeof(Program).Assembly.GetName().Version!.ToString(3)} (PowerShell {engine}, {RuntimeInformation.FrameworkDescription}){Environment.NewLine}");
            return ExitCodes.Success;
        }

        return Run(options, terminal);
    }

    private static int Run(ShellOptions options, ConsoleTerminal terminal)
    {
        string? script = options.Script is null ? null : Path.GetFullPath(options.Script);
        if (script is not null && ScriptProblem(script) is string problem)
        {
            terminal.WriteError(problem + Environment.NewLine);
            return ExitCodes.Usage;
        }

        bool colors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        if (!colors)
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        ShellUserInterface ui = new(terminal, TimeProvider.System, interactive: !options.NonInteractive, colors);
        ShellHost host = new(ui);
        using Interrupts interrupts = new(TimeProvider.System, Environment.Exit);
        using ShellSession session = new(options, host, ui, interrupts);
        if (script is not null)
        {
            return Finish(session.RunScript(script, options.ScriptArguments), host, interrupts);
        }

        if (options.Command is not null)
        {
            // The engine restores $? after a pipeline that is not in the history.
            Outcome outcome = session.Run(shell => shell.AddScript(options.Command), addToHistory: true);
            return Finish(outcome == Outcome.Completed && !session.LastSucceeded ? Outcome.Failed : outcome, host, interrupts);
        }

        return Prompt(session, host, ui, terminal, interrupts);
    }

    private static int Prompt(ShellSession session, ShellHost host, ShellUserInterface ui, ConsoleTerminal terminal, Interrupts interrupts)
    {
        PromptLoop loop = new(session, host, ui, terminal, interrupts);
        if (terminal.InputIsTerminal)
        {
            host.RunNestedPrompt = () => loop.Run();
        }

        if (ModulePath.FindPackages(AppContext.BaseDirectory) is not null)
        {
            session.Run(shell => shell.AddCommand("Import-Module").AddParameter("Name", "MlflowRollout"));
        }

        return loop.Run();
    }

    private static int Finish(Outcome outcome, ShellHost host, Interrupts interrupts) =>
        interrupts.TerminatedBy ?? outcome switch
        {
            Outcome.Stopped => ExitCodes.Interrupted,
            Outcome.Failed => host.ExitCode ?? ExitCodes.Failure,
            _ => host.ExitCode ?? ExitCodes.Success,
        };

    private static string? ScriptProblem(string path)
    {
        if (!File.Exists(path))
        {
            return $"There is no script '{path}'. Name a .ps1 file, or give a command with -c; see --help.";
        }

        return string.Equals(Path.GetExtension(path), ".ps1", StringComparison.OrdinalIgnoreCase)
            ? null
            : $"'{path}' is not a PowerShell script: its name must end in .ps1.";
    }
}
