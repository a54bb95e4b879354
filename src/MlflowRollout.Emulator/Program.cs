using MlflowRollout.Emulator.Hosting;

RuntimeTelemetry.Disable();
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
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
{
    await Console.Error.WriteLineAsync($"MLflow emulator: its data folder cannot be read or written any more: {exception.Message} Check its disk and permissions, then start it again.");
    return ExitCode.DataFolderUnusable;
}
catch (Exception exception) when (exception is not OutOfMemoryException)
{
    await Console.Error.WriteLineAsync($"MLflow emulator: an unexpected failure ended it: {exception}");
    return ExitCode.Unexpected;
}
