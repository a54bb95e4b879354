using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Arm;

/// <summary>Cuts lists into pages. The continuation is an offset in the service's clothes: an opaque text in <c>$skip</c>.</summary>
internal static class ArmPaging
{
    /// <param name="sizeParameter">The query parameter that asks for a page size: <c>count</c> or <c>$top</c>.</param>
    public static ArmReply Page<T>(ArmRequest request, EmulatorContext context, IReadOnlyList<T> all, string sizeParameter, int defaultSize, Func<T, JsonNode> render)
    {
        int size = Math.Min(request.QueryInteger(sizeParameter) ?? defaultSize, 1000);
        int start = Decode(request.Query("$skip"));
        JsonArray value = [];
        foreach (T item in all.Skip(start).Take(size))
        {
            value.Add(render(item));
        }

        string? next = start + size < all.Count ? Link(request, context, start + size) : null;
        return ArmReply.Ok(new JsonObject { ["value"] = value, ["nextLink"] = next });
    }

    private static string Link(ArmRequest request, EmulatorContext context, int start)
    {
        StringBuilder link = new(context.BaseUri);
        link.Append(request.Http.Request.Path.ToUriComponent());
        char separator = '?';
        foreach ((string name, var values) in request.Http.Request.Query)
        {
            if (!name.Equals("$skip", StringComparison.OrdinalIgnoreCase))
            {
                foreach (string? value in values)
                {
                    link.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value ?? string.Empty));
                    separator = '&';
                }
            }
        }

        return link.Append(separator).Append("$skip=").Append(Encode(start)).ToString();
    }

    private static string Encode(int start) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"o:{start.ToString(CultureInfo.InvariantCulture)}")).TrimEnd('=');

    private static int Decode(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        string padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (Base64.IsValid(padded))
        {
            string decoded = Encoding.UTF8.GetString(Convert.FromBase64String(padded));
            if (decoded.StartsWith("o:", StringComparison.Ordinal)
                && int.TryParse(decoded.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int start))
            {
                return start;
            }
        }

        throw ArmErrors.InvalidContent("The query parameter '$skip' is not one that this service gave out. Follow nextLink as it is.", "$skip");
    }
}
