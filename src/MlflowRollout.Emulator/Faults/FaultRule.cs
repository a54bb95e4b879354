using System.Globalization;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;

namespace MlflowRollout.Emulator.Faults;

/// <summary>One fault that was asked for, and how often it has struck.</summary>
internal sealed class FaultRule
{
    private readonly object _gate = new();
    private readonly Random _random;
    private int _matched;
    private int _fired;

    private FaultRule(int seed) => _random = new Random(seed);

    public required string Id { get; init; }

    public required FaultKind Kind { get; init; }

    /// <summary>Which calls: <c>arm</c> or <c>blob</c>.</summary>
    public required string Plane { get; init; }

    public required string Method { get; init; }

    /// <summary>Pattern of the path; <c>*</c> stands for any text.</summary>
    public required string Path { get; init; }

    public int Status { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public TimeSpan Delay { get; init; }

    /// <summary>Strike after the request was carried out: its outcome stays unknown to the client.</summary>
    public bool After { get; init; }

    /// <summary>How many matching requests pass first.</summary>
    public int Skip { get; init; }

    public int? Count { get; init; }

    public double Rate { get; init; }

    private int Seed { get; init; }

    public static FaultRule Parse(JsonObject source, int index)
    {
        string path = $"faults[{index.ToString(CultureInfo.InvariantCulture)}]";
        string kindText = source.OptionalText("kind", $"{path}.kind") ?? throw ArmJson.WrongType($"{path}.kind", $"one of {string.Join(", ", Enum.GetNames<FaultKind>())}");
        if (!Enum.TryParse(kindText, ignoreCase: true, out FaultKind kind) || !Enum.IsDefined(kind))
        {
            throw ArmJson.WrongType($"{path}.kind", $"one of {string.Join(", ", Enum.GetNames<FaultKind>())}");
        }

        int status = source.OptionalInteger("status", $"{path}.status") ?? 500;
        if (status is < 400 or > 599)
        {
            throw ArmJson.WrongType($"{path}.status", "a status from 400 to 599");
        }

        double rate = Number(source, "rate", path) ?? 1;
        if (rate is < 0 or > 1)
        {
            throw ArmJson.WrongType($"{path}.rate", "a number from 0 to 1");
        }

        int seed = source.OptionalInteger("seed", $"{path}.seed") ?? 1;
        return new FaultRule(seed)
        {
            Id = source.OptionalText("id", $"{path}.id") ?? $"fault-{(index + 1).ToString(CultureInfo.InvariantCulture)}",
            Kind = kind,
            Plane = source.OptionalText("plane", $"{path}.plane")?.ToLowerInvariant() ?? "arm",
            Method = source.OptionalText("method", $"{path}.method")?.ToUpperInvariant() ?? "*",
            Path = source.OptionalText("path", $"{path}.path") ?? "*",
            Status = status,
            Code = source.OptionalText("code", $"{path}.code") ?? (kind == FaultKind.FailOperation ? "InternalServerError" : status == 429 ? "TooManyRequests" : "InternalServerError"),
            Message = source.OptionalText("message", $"{path}.message") ?? "A fault that was asked for.",
            RetryAfterSeconds = source.OptionalInteger("retryAfter", $"{path}.retryAfter"),
            Delay = TimeSpan.FromSeconds(Number(source, "seconds", path) ?? 0),
            After = source.OptionalFlag("after", $"{path}.after") ?? false,
            Skip = source.OptionalInteger("skip", $"{path}.skip") ?? 0,
            Count = source.OptionalInteger("count", $"{path}.count"),
            Rate = rate,
            Seed = seed,
        };
    }

    /// <summary>Whether this request meets the fault. Counts, so ask once a request.</summary>
    public bool Strikes(string plane, string method, string path)
    {
        if (!Matches(plane, method, path))
        {
            return false;
        }

        lock (_gate)
        {
            if (_matched++ < Skip || (Count is { } count && _fired >= count) || (Rate < 1 && _random.NextDouble() >= Rate))
            {
                return false;
            }

            _fired++;
            return true;
        }
    }

    public bool Matches(string plane, string method, string path) =>
        plane == Plane && (Method == "*" || Method == method) && Wildcard.IsMatch(path, Path);

    public JsonObject ToJson()
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["id"] = Id,
                ["kind"] = Kind.ToString(),
                ["plane"] = Plane,
                ["method"] = Method,
                ["path"] = Path,
                ["status"] = Status,
                ["code"] = Code,
                ["message"] = Message,
                ["retryAfter"] = RetryAfterSeconds,
                ["seconds"] = Delay.TotalSeconds,
                ["after"] = After,
                ["skip"] = Skip,
                ["count"] = Count,
                ["rate"] = Rate,
                ["seed"] = Seed,
                ["matched"] = _matched,
                ["fired"] = _fired,
            };
        }
    }

    private static double? Number(JsonObject source, string name, string path) => source.Member(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double number) && double.IsFinite(number) && number >= 0 && number <= 86400 => number,
        _ => throw ArmJson.WrongType($"{path}.{name}", "a number from 0 to 86400"),
    };
}
