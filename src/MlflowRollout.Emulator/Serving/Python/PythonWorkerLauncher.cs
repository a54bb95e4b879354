using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Starts worker processes of one interpreter for one model.</summary>
internal sealed class PythonWorkerLauncher(
    ProcessStarter starter, InterpreterReport interpreter, PythonPlan plan, ModelServerContext context, WorkerSettings settings) : IWorkerLauncher
{
    private const int LinesShown = 6;

    public async Task<IWorker> LaunchAsync(int number, CancellationToken cancellationToken)
    {
        using var listener = new WorkerListener();
        var process = new Process { StartInfo = WorkerScript.Start(interpreter.Executable, []) };
        SetEnvironment(process.StartInfo.Environment);
        try
        {
            await starter.StartAsync(process).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            throw new WorkerStartException($"the interpreter {interpreter.Executable} cannot be started: {failure.Message}", failure);
        }

        var output = new WorkerOutput(context.Log);
        var pumps = Task.WhenAll(
            output.PumpAsync(process.StandardOutput, process.Id, isError: false),
            output.PumpAsync(process.StandardError, process.Id, isError: true));
        using var limit = new CancellationTokenSource(settings.StartTimeout, context.Time);
        using var ended = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ended.Token, cancellationToken);
        var watch = WatchStartAsync(process, ended);
        PythonWorker? worker = null;
        try
        {
            worker = await ConnectAsync(process, listener, either.Token).ConfigureAwait(false);
            var loaded = worker;
            worker = null;
            context.Log.Write('I', string.Create(CultureInfo.InvariantCulture, $"Booting worker with pid: {loaded.ProcessId} (instance {number}): model loaded"));
            return loaded;
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or OverflowException)
        {
            var ownEnd = ended.IsCancellationRequested || failure is not OperationCanceledException;
            await EndAsync(process, pumps).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new WorkerStartException(
                ownEnd
                    ? $"the Python worker did not start: {PythonWorker.DescribeExit(process.ExitCode)}.{Tail(output.LastErrors)}"
                    : string.Create(CultureInfo.InvariantCulture, $"the Python worker did not load the model within {settings.StartTimeout.TotalSeconds:0} s.{Tail(output.LastErrors)}"),
                failure);
        }
        catch (WorkerStartException)
        {
            await EndAsync(process, pumps).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    private static async Task WatchStartAsync(Process process, CancellationTokenSource ended)
    {
        try
        {
            await process.WaitForExitAsync(ended.Token).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Started.
        }
    }

    private static async Task EndAsync(Process process, Task pumps)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        await pumps.ConfigureAwait(false);
    }

    private static string Tail(IReadOnlyList<string> lines)
        => lines.Count == 0 ? string.Empty : $" Its last lines: {string.Join(" | ", lines.Skip(Math.Max(0, lines.Count - LinesShown)).Select(l => l.Trim()))}";

    private async Task<PythonWorker> ConnectAsync(Process process, WorkerListener listener, CancellationToken cancellationToken)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        await process.StandardInput.WriteLineAsync(WorkerConfiguration.Line(plan, listener, secret).AsMemory(), cancellationToken).ConfigureAwait(false);
        await process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        var content = new FrameBuffer();
        var frames = new FrameStream(await listener.AcceptAsync(cancellationToken).ConfigureAwait(false));
        try
        {
            var kind = await frames.ReadAsync(content, cancellationToken).ConfigureAwait(false);
            if (kind != FrameKind.Hello || !CryptographicOperations.FixedTimeEquals(content.Written.Span, Encoding.ASCII.GetBytes(secret)))
            {
                throw new WorkerStartException("something other than the worker connected to its socket.");
            }

            kind = await frames.ReadAsync(content, cancellationToken).ConfigureAwait(false);
            var answer = JsonNode.Parse(content.Written.Span);
            if (kind != FrameKind.Loaded)
            {
                var lines = ((string?)answer?["traceback"] ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                throw new WorkerStartException($"the model does not load in {interpreter.Executable}: {(string?)answer?["message"]}.{Tail(lines)}");
            }

            context.Log.Write('I', $"Model loaded by {(string?)answer?["by"]} on Python {(string?)answer?["python"]}");
            return new PythonWorker(process, frames, context.Time);
        }
        catch
        {
            await frames.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void SetEnvironment(IDictionary<string, string?> environment)
    {
        // What the container has, then what the deployment asks for.
        environment["AZUREML_MODEL_DIR"] = Path.GetDirectoryName(plan.Folder);
        environment["MLFLOW_MODEL_FOLDER"] = Path.GetFileName(plan.Folder);

        // Instances share one machine here: each gets its part of the processors.
        environment.TryAdd("OMP_NUM_THREADS", Math.Max(1, Environment.ProcessorCount / context.Specification.InstanceCount).ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in context.Specification.EnvironmentVariables)
        {
            if (!name.StartsWith(EmulatorSettings.Prefix, StringComparison.Ordinal))
            {
                environment[name] = value;
            }
        }
    }
}
