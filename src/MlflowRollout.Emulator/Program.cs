using MlflowRollout.Emulator.Hosting;

try
{
    EmulatorOptions options = CommandLine.Parse(args);
    if (options.Help)
    {
        await Console.Out.WriteLineAsync(CommandLine.Usage);
        return ExitCode.Success;
    }

    await EmulatorProcess.RunAsync(options, TimeProvider.System);
    return ExitCode.Success;
}
catch (StartupException exception)
{
    await Console.Error.WriteLineAsync($"MLflow emulator: {exception.Message}");
    return exception.ExitCode;
}
