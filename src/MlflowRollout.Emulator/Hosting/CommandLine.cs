using System.Globalization;
using System.Text.RegularExpressions;
using MlflowRollout.Emulator.Metrics;
using MlflowRollout.Emulator.Operations;

namespace MlflowRollout.Emulator.Hosting;

/// <summary>Reads the command line. Every mistake names the option, the rule and the way out.</summary>
internal static partial class CommandLine
{
    public const string Usage =
        """
        An Azure Machine Learning workspace on this machine.

        dotnet MlflowRollout.Emulator.dll [options]

          --data <folder>              where models, endpoints and traffic are kept (default: a folder of the user)
          --port <number>              port on loopback; 0 keeps the last one where it is free (default: 0)
          --connection-file <path>     where to write address, token and certificate (default: connection.json in the data folder)
          --operation-delay <delay>    none, realistic, or a duration such as 2s (default: none)
          --metric-delay <delay>       how late metrics appear: none, realistic (3 minutes), or a duration (default: none)
          --python <interpreter>       Python interpreter for models without an ONNX flavor
          --loose                      ignore what the emulator lacks, where a model can be served without it
          --subscription-id <guid>     identity of the workspace, fixed at the first start on a data folder
          --resource-group <name>
          --workspace <name>
          --location <region>
          --registry <name>            the registry beside the workspace
          --ephemeral                  delete the data folder when the emulator ends
          --parent-process <pid>       end when that process ends
          --help
        """;

    private static readonly string[] ValueOptions =
    [
        "--data", "--port", "--connection-file", "--operation-delay", "--metric-delay", "--python", "--subscription-id",
        "--resource-group", "--workspace", "--location", "--registry", "--parent-process",
    ];

    private static readonly string[] Switches = ["--loose", "--ephemeral", "--help"];

    public static EmulatorOptions Parse(IReadOnlyList<string> arguments)
    {
        EmulatorOptions options = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int index = 0; index < arguments.Count; index++)
        {
            string argument = arguments[index];
            int equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            string name = equals > 0 ? argument[..equals] : argument;
            if (!seen.Add(name))
            {
                throw Mistake($"The option {name} is given twice. Give it once.");
            }

            if (Switches.Contains(name, StringComparer.Ordinal))
            {
                if (equals > 0)
                {
                    throw Mistake($"The option {name} takes no value. Give {name} alone.");
                }

                options = WithSwitch(options, name);
            }
            else if (ValueOptions.Contains(name, StringComparer.Ordinal))
            {
                string value;
                if (equals > 0)
                {
                    value = argument[(equals + 1)..];
                }
                else if (index + 1 < arguments.Count && !arguments[index + 1].StartsWith("--", StringComparison.Ordinal))
                {
                    value = arguments[++index];
                }
                else
                {
                    throw Mistake($"The option {name} needs a value. Give {name} <value>.");
                }

                if (value.Length == 0)
                {
                    throw Mistake($"The value of {name} is empty. Give a value, or leave the option out.");
                }

                options = WithValue(options, name, value);
            }
            else
            {
                string? near = NearMatch.Find(name, [.. ValueOptions, .. Switches]);
                throw Mistake($"There is no option {name}." + (near is null ? " See --help." : $" Did you mean {near}?"));
            }
        }

        return options;
    }

    private static EmulatorOptions WithSwitch(EmulatorOptions options, string name) => name switch
    {
        "--loose" => options with { Loose = true },
        "--ephemeral" => options with { Ephemeral = true },
        _ => options with { Help = true },
    };

    private static EmulatorOptions WithValue(EmulatorOptions options, string name, string value) => name switch
    {
        "--data" => options with { DataFolder = Path.GetFullPath(value) },
        "--port" => options with { Port = Number(name, value, 0, 65535) },
        "--connection-file" => options with { ConnectionFile = Path.GetFullPath(value) },
        "--operation-delay" => options with { Pace = Pace(value) },
        "--metric-delay" => options with { MetricDelay = Delay(value) },
        "--python" => options with { Python = value },
        "--subscription-id" => options with { SubscriptionId = Subscription(value) },
        "--resource-group" => options with { ResourceGroup = Matching(name, value, ResourceGroupRule(), "1 to 90 letters, digits, and -_.()") },
        "--workspace" => options with { Workspace = Matching(name, value, WorkspaceRule(), "3 to 33 letters, digits, - and _, the first a letter or digit") },
        "--location" => options with { Location = Matching(name, value, LocationRule(), "letters and digits") },
        "--registry" => options with { Registry = Matching(name, value, WorkspaceRule(), "3 to 33 letters, digits, - and _, the first a letter or digit") },
        _ => options with { ParentProcess = Number(name, value, 1, int.MaxValue) },
    };

    private static int Number(string name, string value, int minimum, int maximum) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw Mistake($"The value '{value}' of {name} is not a whole number from {minimum.ToString(CultureInfo.InvariantCulture)} to {maximum.ToString(CultureInfo.InvariantCulture)}.");

    private static OperationPace Pace(string value) =>
        OperationPace.TryParse(value, out OperationPace? pace)
            ? pace
            : throw Mistake($"The value '{value}' of --operation-delay is not none, realistic or a duration such as 2s, 500ms or 00:01:30.");

    private static MetricDelay Delay(string value) =>
        MetricDelay.TryParse(value, out MetricDelay? delay)
            ? delay
            : throw Mistake($"The value '{value}' of --metric-delay is not none, realistic or a duration such as 30s or 00:03:00.");

    private static string Subscription(string value) =>
        Guid.TryParseExact(value, "D", out Guid id)
            ? id.ToString("D")
            : throw Mistake($"The value '{value}' of --subscription-id is not a GUID such as 00000000-0000-0000-0000-000000000001.");

    private static string Matching(string name, string value, Regex rule, string description) =>
        rule.IsMatch(value) ? value : throw Mistake($"The value '{value}' of {name} must be {description}.");

    private static StartupException Mistake(string message) => new(ExitCode.Usage, message);

    [GeneratedRegex(@"\A[-\w.()]{1,90}\z")]
    private static partial Regex ResourceGroupRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}\z")]
    private static partial Regex WorkspaceRule();

    [GeneratedRegex(@"\A[a-zA-Z0-9]{1,40}\z")]
    private static partial Regex LocationRule();
}
