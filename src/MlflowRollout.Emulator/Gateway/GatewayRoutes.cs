using System.Text;
using System.Text.Json;
using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// The scoring front door: <c>/online/{endpoint}/score</c>, <c>/online/{endpoint}/swagger.json</c>, <c>/online/{endpoint}/</c>, and the same below the
/// path that endpoints have on a Kubernetes cluster.
/// </summary>
internal static class GatewayRoutes
{
    /// <summary>What the addresses of managed endpoints begin with.</summary>
    public const string ManagedPrefix = "/online";

    /// <summary>What the addresses of Kubernetes endpoints begin with.</summary>
    public const string KubernetesPrefix = "/api/v1/endpoint";

    private static readonly byte[] Healthy = "Healthy"u8.ToArray();
    private static readonly byte[] NotFound = """{"message":"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again."}"""u8.ToArray();
    private static readonly byte[] MethodNotAllowed = """{"message":"Method not allowed"}"""u8.ToArray();

    /// <summary>Whether a path is for an endpoint.</summary>
    public static bool Owns(PathString path) =>
        path.StartsWithSegments(ManagedPrefix, StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(KubernetesPrefix, StringComparison.OrdinalIgnoreCase);

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes, ServingPlane plane, ConnectionDrain connections)
    {
        var handler = new ScoringHandler(plane, connections);
        foreach (var prefix in new[] { ManagedPrefix, KubernetesPrefix })
        {
            Map(routes, prefix + "/{endpoint}", handler);
        }

        return routes;
    }

    private static void Map(IEndpointRouteBuilder routes, string root, ScoringHandler handler)
    {
        routes.MapPost(root + "/score", context => handler.ScoreAsync(context, NameOf(context)));
        routes.MapGet(root + "/score", context => ScoreQueryAsync(handler, context));
        routes.MapMethods(root + "/score", ["OPTIONS"], context => handler.AnswerAsModelAsync(
            context, NameOf(context), static (_, _) => new DirectAnswer(200, "OK", default, GatewayAnswer.Json, IsLogged: true)));
        routes.MapMethods(root + "/score", ["PUT", "DELETE", "PATCH", "HEAD"], context => handler.AnswerAsModelAsync(
            context, NameOf(context), static (_, _) => new DirectAnswer(405, "Method Not Allowed", MethodNotAllowed, GatewayAnswer.Json)));
        routes.MapGet(root + "/swagger.json", context => handler.AnswerAsModelAsync(context, NameOf(context), Swagger));
        routes.MapGet(root + "/", context => handler.AnswerAsModelAsync(
            context, NameOf(context), static (_, _) => new DirectAnswer(200, "OK", Healthy, GatewayAnswer.Text)));
        routes.Map(root + "/{**rest}", context => handler.AnswerAsModelAsync(
            context, NameOf(context), static (_, _) => new DirectAnswer(404, "Not Found", NotFound, GatewayAnswer.Json)));
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["endpoint"]!;

    private static DirectAnswer Swagger(HttpContext context, RunningDeployment deployment)
    {
        var version = context.Request.Query["version"].ToString();
        var description = deployment.Server.Description;
        return version switch
        {
            "" or "2" => new DirectAnswer(200, "OK", description.Swagger2, GatewayAnswer.Json, IsLogged: true),
            "3" => new DirectAnswer(200, "OK", description.Swagger3, GatewayAnswer.Json, IsLogged: true),
            _ => new DirectAnswer(
                404,
                "Not Found",
                JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
                {
                    ["message"] = $"Swagger version [{version}] is not valid. Supported versions: [2, 3]",
                }),
                GatewayAnswer.Json,
                IsLogged: true),
        };
    }

    /// <summary>A GET's query is what a POST's body would be: one JSON object. A name that comes twice is a list.</summary>
    private static Task ScoreQueryAsync(ScoringHandler handler, HttpContext context)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in context.Request.Query)
            {
                writer.WritePropertyName(name);
                if (values.Count == 1)
                {
                    WriteValue(writer, values[0] ?? string.Empty);
                    continue;
                }

                writer.WriteStartArray();
                foreach (var value in values)
                {
                    WriteValue(writer, value ?? string.Empty);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        context.Request.Body = new MemoryStream(buffer.ToArray(), writable: false);
        context.Request.ContentType = GatewayAnswer.Json;
        return handler.ScoreAsync(context, NameOf(context));
    }

    private static void WriteValue(Utf8JsonWriter writer, string text)
    {
        if (IsJson(text))
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
