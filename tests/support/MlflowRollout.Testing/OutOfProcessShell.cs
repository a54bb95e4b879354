namespace MlflowRollout.Testing;

/// <summary>Runs the built shell in a process of its own.</summary>
public static class OutOfProcessShell
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Starts the shell with these arguments; the caller disposes of it.</summary>
    public static ChildProcess Start(IEnumerable<string> arguments, string? workingDirectory = null, IReadOnlyDictionary<string, string?>? environment = null) =>
        new(RepositoryPaths.DotNet, [RepositoryPaths.ShellAssembly, .. arguments], workingDirectory, environment);

    /// <summary>Runs the shell with these arguments and waits for its end; kills it when time is up.</summary>
    public static async Task<ShellResult> RunAsync(
        IEnumerable<string> arguments,
        string? input = null,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        TimeSpan? timeout = null)
    {
        await using ChildProcess shell = Start(arguments, workingDirectory, environment);
        if (input is not null)
        {
            await shell.StandardInput.WriteAsync(input);
        }

        shell.StandardInput.Close();
        int exitCode = await shell.WaitForExitAsync(timeout ?? DefaultTimeout);
        return new ShellResult(exitCode, shell.StandardOutput, shell.StandardError);
    }

    /// <summary>Runs a script file with arguments.</summary>
    public static Task<ShellResult> RunScriptAsync(string path, params string[] arguments) => RunAsync([path, .. arguments]);

    /// <summary>Runs the text of a command.</summary>
    public static Task<ShellResult> RunCommandAsync(string command) => RunAsync(["--command", command]);
}
