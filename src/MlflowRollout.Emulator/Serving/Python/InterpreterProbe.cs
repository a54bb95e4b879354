using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Asks an interpreter by running it on the worker's own file.</summary>
internal sealed class InterpreterProbe(TimeProvider time) : IInterpreterProbe
{
    private const int LongestNote = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public async Task<InterpreterReport> AskAsync(string interpreter, IReadOnlyList<string> modules, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = WorkerScript.Start(interpreter, ["--check", .. modules]) };
        try
        {
            process.Start();
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return InterpreterReport.Broken($"cannot be started: {failure.Message}");
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            await Task.WhenAll(output, error).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return InterpreterReport.Broken(string.Create(CultureInfo.InvariantCulture, $"imported nothing within {Limit.TotalMinutes} minutes"));
        }

        return Read(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    private static InterpreterReport Read(int exitCode, string output, string error)
    {
        // Libraries print when they are imported; the account is the last line.
        var last = output.TrimEnd().Split('\n')[^1];
        if (exitCode == 0 && last.StartsWith('{'))
        {
            try
            {
                var answer = JsonSerializer.Deserialize<Answer>(last, Options);
                if (answer is { Executable: { Length: > 0 } executable, Version: { } version, Found: { } found, Missing: { } missing })
                {
                    return new InterpreterReport(executable, version, found, missing, null);
                }
            }
            catch (JsonException)
            {
                // Not our account, then.
            }
        }

        var note = error.Trim().Split('\n')[^1].Trim();
        return InterpreterReport.Broken(
            string.Create(CultureInfo.InvariantCulture, $"is no usable Python 3 (exit code {exitCode}{(note.Length == 0 ? string.Empty : ": " + note[..Math.Min(note.Length, LongestNote)])})"));
    }

    private sealed record Answer(string? Executable, string? Version, Dictionary<string, string>? Found, Dictionary<string, string>? Missing);
}
