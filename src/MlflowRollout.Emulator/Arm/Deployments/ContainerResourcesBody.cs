using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>What the containers of a Kubernetes deployment ask for and may use at most, in quantities of Kubernetes.</summary>
internal static partial class ContainerResourcesBody
{
    private const string Member = "containerResourceRequirements";
    private const string Path = "properties." + Member;
    private static readonly string[] Quantities = ["cpu", "memory", "gpu"];

    private static readonly Dictionary<string, decimal> Units = new(StringComparer.Ordinal)
    {
        [""] = 1m,
        ["m"] = 0.001m,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["Ki"] = 1024m,
        ["Mi"] = 1024m * 1024,
        ["Gi"] = 1024m * 1024 * 1024,
        ["Ti"] = 1024m * 1024 * 1024 * 1024,
        ["Pi"] = 1024m * 1024 * 1024 * 1024 * 1024,
    };

    public static void Fill(JsonObject sent, JsonObject properties, List<(string Field, string Reason)> errors)
    {
        // Present even where nothing was asked for: azure-ai-ml 1.4.0 cannot read a deployment of Kubernetes without it.
        JsonObject asked = sent.OptionalObject(Member, Path) ?? [];
        JsonObject requirements = asked.DeepClone().AsObject();
        Dictionary<string, decimal> requests = Read(asked, requirements, "containerResourceRequests", errors);
        Dictionary<string, decimal> limits = Read(asked, requirements, "containerResourceLimits", errors);
        foreach ((string name, decimal request) in requests)
        {
            if (limits.TryGetValue(name, out decimal limit) && request > limit)
            {
                errors.Add(($"ContainerResourceRequirements.ContainerResourceRequests.{name}", $"More {name} is requested than the limit allows. Raise the limit or lower the request."));
            }
        }

        ResourceBody.Set(properties, Member, requirements);
    }

    private static Dictionary<string, decimal> Read(JsonObject asked, JsonObject requirements, string member, List<(string Field, string Reason)> errors)
    {
        Dictionary<string, decimal> amounts = new(StringComparer.Ordinal);
        if (asked.OptionalTextMap(member, $"{Path}.{member}") is not { } texts)
        {
            requirements[member] = null;
            return amounts;
        }

        ResourceBody.Set(requirements, member, texts);
        foreach (string name in Quantities)
        {
            if (texts.OptionalText(name, $"{Path}.{member}.{name}") is not { } text)
            {
                continue;
            }

            if (TryRead(text, out decimal amount) && (name != "gpu" || amount == decimal.Truncate(amount)))
            {
                amounts[name] = amount;
            }
            else
            {
                errors.Add((
                    $"ContainerResourceRequirements.{char.ToUpperInvariant(member[0])}{member[1..]}.{name}",
                    $"The value '{text}' is no quantity of {name}. {(name == "gpu" ? "It must be a whole number." : "Write it as Kubernetes does, such as 500m, 0.5 or 1Gi.")}"));
            }
        }

        return amounts;
    }

    private static bool TryRead(string text, out decimal amount)
    {
        Match match = Quantity().Match(text);
        amount = match.Success ? decimal.Parse(match.Groups["n"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * Units[match.Groups["u"].Value] : 0;
        return match.Success;
    }

    [GeneratedRegex(@"\A(?<n>[0-9]{1,12}(\.[0-9]{1,9})?)(?<u>m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();
}
