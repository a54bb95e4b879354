using System.Globalization;
using MlflowRollout.Emulator.Serving.Faults;

namespace MlflowRollout.Emulator.Serving;

/// <summary>The environment variables of a deployment that the emulator itself reads: choice of flavor, faults on request.</summary>
internal sealed record EmulatorSettings
{
    /// <summary>What the names of all of them begin with.</summary>
    public const string Prefix = "EMULATOR_";

    public const string FlavorVariable = "EMULATOR_FLAVOR";
    public const string ErrorRateVariable = "EMULATOR_ERROR_RATE";
    public const string ExtraLatencyVariable = "EMULATOR_EXTRA_LATENCY_MS";
    public const string StartFailureVariable = "EMULATOR_START_FAILURE";
    public const string SeedVariable = "EMULATOR_SEED";

    private static readonly string[] Known = [FlavorVariable, ErrorRateVariable, ExtraLatencyVariable, StartFailureVariable, SeedVariable];

    public string? Flavor { get; private init; }

    /// <summary>Share of requests, 0 to 1, that the scoring function fails.</summary>
    public double ErrorRate { get; private init; }

    public TimeSpan ExtraLatency { get; private init; }

    /// <summary>The service's code with which the start fails; null for none.</summary>
    public string? StartFailureCode { get; private init; }

    /// <summary>Makes the faults repeatable.</summary>
    public int? Seed { get; private init; }

    public bool InjectsFaults => ErrorRate > 0 || ExtraLatency > TimeSpan.Zero;

    /// <exception cref="DeploymentStartException">A value is not understood, or a name with this prefix is unknown.</exception>
    public static EmulatorSettings Parse(IReadOnlyDictionary<string, string> variables)
    {
        var unknown = variables.Keys.FirstOrDefault(k => k.StartsWith(Prefix, StringComparison.Ordinal) && !Known.Contains(k, StringComparer.Ordinal));
        if (unknown is not null)
        {
            throw Refuse($"The environment variable '{unknown}' is not known to the emulator. Known: {string.Join(", ", Known)}.");
        }

        return new EmulatorSettings
        {
            Flavor = Value(variables, FlavorVariable),
            ErrorRate = Number(variables, ErrorRateVariable, 0, 1),
            ExtraLatency = TimeSpan.FromMilliseconds(Number(variables, ExtraLatencyVariable, 0, 600_000)),
            StartFailureCode = StartFailureOf(Value(variables, StartFailureVariable)),
            Seed = Value(variables, SeedVariable) is null ? null : (int)Number(variables, SeedVariable, int.MinValue, int.MaxValue),
        };
    }

    /// <summary>What the log says of the faults that are on.</summary>
    public string DescribeFaults()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"Faults on request are on: {ErrorRateVariable}={ErrorRate}, {ExtraLatencyVariable}={ExtraLatency.TotalMilliseconds}, {SeedVariable}={(Seed?.ToString(CultureInfo.InvariantCulture) ?? "none")}");

    /// <exception cref="DeploymentStartException">The start is to fail on request.</exception>
    public void ThrowIfStartFails(ContainerLog log)
    {
        if (StartFailureCode is null)
        {
            return;
        }

        log.Write('E', $"Fault on request: {StartFailureVariable} is set");
        log.Write('E', "Worker (pid:31) exited with code 3");
        throw new DeploymentStartException(StartFailureCode, StartFault.Message(StartFailureCode));
    }

    private static string? StartFailureOf(string? value)
    {
        if (value is null || string.Equals(value, "false", StringComparison.OrdinalIgnoreCase) || value == "0")
        {
            return null;
        }

        if (string.Equals(value, "true", StringComparison.OrdinalIgnoreCase) || value == "1")
        {
            return StartFailure.NotReady;
        }

        return StartFault.Codes.FirstOrDefault(c => string.Equals(c, value, StringComparison.OrdinalIgnoreCase))
            ?? throw Refuse($"{StartFailureVariable} is '{value}'. It must be true, false or one of: {string.Join(", ", StartFault.Codes)}.");
    }

    private static double Number(IReadOnlyDictionary<string, string> variables, string name, double least, double most)
    {
        if (Value(variables, name) is not { } text)
        {
            return 0;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'. It must be a number from {least} to {most}, with a point for decimals."));
    }

    private static string? Value(IReadOnlyDictionary<string, string> variables, string name)
        => variables.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static DeploymentStartException Refuse(string message) => new(StartFailure.BadArgument, message);
}
