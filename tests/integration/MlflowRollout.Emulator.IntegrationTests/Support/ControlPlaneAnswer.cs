using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

/// <summary>An answer of the control plane, read whole.</summary>
internal sealed record ControlPlaneAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, string Text)
{
    public JsonNode Body => JsonNode.Parse(Text) ?? throw new InvalidDataException("The body is null.");

    public string ErrorCode => Body["error"]!["code"]!.GetValue<string>();

    public string ErrorMessage => Body["error"]!["message"]!.GetValue<string>();

    /// <summary>The fields of the problem document that a validation error carries inside its detail.</summary>
    public JsonObject ValidationErrors
    {
        get
        {
            string message = Body["error"]!["details"]![0]!["message"]!.GetValue<string>();
            int start = message.IndexOf("error detail: ", StringComparison.Ordinal) + "error detail: ".Length;
            return JsonNode.Parse(message[start..])!["errors"]!.AsObject();
        }
    }

    public string? Header(string name) => Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
