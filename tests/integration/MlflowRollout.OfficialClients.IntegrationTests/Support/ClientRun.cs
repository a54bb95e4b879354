using System.Text.Json;
using MlflowRollout.Testing;
using Xunit.Sdk;

namespace MlflowRollout.OfficialClients.IntegrationTests;

/// <summary>A run of a driver, which prints a line of JSON a step. Whatever fails, in the client or in a test's assertion, names the step.</summary>
internal sealed class ClientRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Dictionary<string, JsonElement> _steps = [];
    private readonly HashSet<string> _checked = [];
    private readonly string _log;

    private ClientRun(int exitCode, ChildProcess process)
    {
        foreach (string line in process.StandardOutput.Split('\n').Where(static line => line.StartsWith("{\"step\"", StringComparison.Ordinal)))
        {
            JsonElement step = JsonDocument.Parse(line).RootElement;
            _steps.Add(step.GetProperty("step").GetString()!, step);
        }

        _log = $"exit code {exitCode}, {process.Describe()}";
        ExitCode = exitCode;
    }

    /// <summary>The driver's exit code.</summary>
    public int ExitCode { get; }

    /// <summary>Runs a driver to its end.</summary>
    public static async Task<ClientRun> StartAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        await using ChildProcess process = new(program, arguments, environment: environment);
        int exitCode = await process.WaitForExitAsync(Patience);
        return new ClientRun(exitCode, process);
    }

    /// <summary>Checks the result of a step.</summary>
    public void Step(string step, Action<JsonElement> check)
    {
        JsonElement result = Result(step);
        try
        {
            check(result);
        }
        catch (Exception exception) when (exception is XunitException or InvalidOperationException or KeyNotFoundException)
        {
            throw new XunitException($"Step '{step}': {exception.Message}\nThe step gave: {result}", exception);
        }
    }

    /// <summary>Checks a step that has no result.</summary>
    public void Step(string step) => Result(step);

    /// <summary>Checks the error of a step that was refused.</summary>
    public void Refused(string step, Action<ClientError> check) => Step(step, result => check(ClientError.From(result)));

    /// <summary>Fails unless the driver came to its end and every step of it was checked.</summary>
    public void AssertWholeRunChecked()
    {
        string[] forgotten = [.. _steps.Keys.Except(_checked)];
        if (forgotten.Length > 0)
        {
            throw new XunitException($"These steps ran and nothing was asserted of them: {string.Join(", ", forgotten)}.");
        }

        if (ExitCode != 0)
        {
            throw new XunitException($"The driver did not end well: {_log}");
        }
    }

    /// <summary>The result of a step that must have run.</summary>
    public JsonElement Result(string step)
    {
        _checked.Add(step);
        if (!_steps.TryGetValue(step, out JsonElement line))
        {
            throw new XunitException($"Step '{step}' was not reached: {_log}");
        }

        return line.TryGetProperty("failure", out JsonElement failure)
            ? throw new XunitException($"Step '{step}' failed in the client: {ClientError.From(failure)}\n{_log}")
            : line.GetProperty("result");
    }
}
