using System.Text.Json.Nodes;
using MlflowRollout.Engine.Endpoints;

namespace MlflowRollout.Engine.Operations;

/// <summary>
/// A change whose answer was lost may have been carried out. It is not simply sent again, since that would be a second operation: the resource says whether
/// an operation that is not the one before has what was sent.
/// </summary>
internal static class LostAnswer
{
    /// <summary>How often a change is sent anew when it turns out not to have been carried out.</summary>
    public const int MaximumFailures = 5;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <summary>True where the failure leaves open whether the change was carried out, or says that it was not.</summary>
    public static bool Is(MlException exception) =>
        exception is { StatusCode: 408 or 429 or >= 500 and not 501 } or MlConnectionException { ErrorId: MlErrorIds.ServiceUnreachable };

    /// <summary>Time before the change is sent anew.</summary>
    public static TimeSpan DelayAfter(int failures) =>
        FirstDelay * Math.Pow(2, failures - 1) is var delay && delay < LongestDelay ? delay : LongestDelay;

    /// <summary>Whether the resource has what was sent, by another operation than the one it showed before.</summary>
    public static bool WasCarriedOut(JsonObject before, JsonObject sent, JsonObject found) =>
        ResourceMapping.OperationOf(found) is { } operation
        && operation != ResourceMapping.OperationOf(before)
        && Holds(found, sent, string.Empty);

    private static bool Holds(JsonObject found, JsonObject sent, string path)
    {
        foreach ((string name, JsonNode? value) in sent)
        {
            string place = path + name;
            bool same = (value, found[name]) switch
            {
                // The service fills these in; the entries hold its own times.
                _ when place is "identity" or "properties/properties" => true,
                (null, _) => true,
                (JsonObject inner, JsonObject there) => Holds(there, inner, $"{place}/"),
                (JsonObject inner, null) => Holds([], inner, $"{place}/"),
                // A weight of zero may be left out.
                (JsonValue number, null) => number.TryGetValue(out int weight) && weight == 0,
                var (left, right) => JsonNode.DeepEquals(left, right),
            };
            if (!same)
            {
                return false;
            }
        }

        return true;
    }
}
