using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Description;

/// <summary>
/// The model's <c>swagger.json</c> in the inference server's shape. What OpenAPI cannot say of MLflow's types is in extensions: a client finds
/// the columns in <c>x-mlflow-columns</c> (or <c>x-mlflow-tensors</c>) of <c>input_data</c>.
/// </summary>
internal static class SwaggerDocument
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ServiceDescription Create(MlflowModel model, IServedModel plan, ModelExample? example)
    {
        var input = ServiceInput(model, plan, example);
        var output = ServiceOutput(model, plan);
        return new ServiceDescription(
            JsonSerializer.SerializeToUtf8Bytes(Version2(input, output), Options),
            JsonSerializer.SerializeToUtf8Bytes(Version3(input, output), Options));
    }

    private static JsonObject Version2(JsonObject input, JsonObject output) => new()
    {
        ["swagger"] = "2.0",
        ["info"] = Info(),
        ["schemes"] = new JsonArray("https"),
        ["consumes"] = new JsonArray("application/json"),
        ["produces"] = new JsonArray("application/json"),
        ["securityDefinitions"] = new JsonObject { ["Bearer"] = Bearer() },
        ["paths"] = new JsonObject
        {
            ["/"] = new JsonObject
            {
                ["get"] = Operation("ServiceHealthCheck", "Simple health check endpoint to ensure the service is up at any given point.", new JsonObject
                {
                    ["200"] = new JsonObject { ["description"] = "If service is up and running, this response will be returned with the content 'Healthy'", ["schema"] = new JsonObject { ["type"] = "string" } },
                    ["default"] = Response2("ErrorResponse", "The service failed to execute due to an error."),
                }),
            },
            ["/score"] = new JsonObject
            {
                ["post"] = Scoring2(),
            },
        },
        ["definitions"] = new JsonObject
        {
            ["ServiceInput"] = input.DeepClone(),
            ["ServiceOutput"] = output.DeepClone(),
            ["ErrorResponse"] = ErrorResponse(),
        },
    };

    private static JsonObject Version3(JsonObject input, JsonObject output) => new()
    {
        ["openapi"] = "3.0.3",
        ["info"] = Info(),
        ["security"] = new JsonArray(new JsonObject { ["Bearer"] = new JsonArray() }),
        ["paths"] = new JsonObject
        {
            ["/"] = new JsonObject
            {
                ["get"] = Operation("ServiceHealthCheck", "Simple health check endpoint to ensure the service is up at any given point.", new JsonObject
                {
                    ["200"] = new JsonObject { ["description"] = "If service is up and running, this response will be returned with the content 'Healthy'" },
                    ["default"] = Response3("ErrorResponse", "The service failed to execute due to an error."),
                }),
            },
            ["/score"] = new JsonObject { ["post"] = Scoring3() },
        },
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject { ["Bearer"] = Bearer() },
            ["schemas"] = new JsonObject
            {
                ["ServiceInput"] = input.DeepClone(),
                ["ServiceOutput"] = output.DeepClone(),
                ["ErrorResponse"] = ErrorResponse(),
            },
        },
    };

    private static JsonObject Scoring2()
    {
        var operation = Operation("RunMLService", "Run web service's model and get the prediction output", new JsonObject
        {
            ["200"] = Response2("ServiceOutput", "The service processed the input correctly and provided a result prediction, if applicable."),
            ["default"] = Response2("ErrorResponse", "The service failed to execute due to an error."),
        });
        operation["security"] = new JsonArray(new JsonObject { ["Bearer"] = new JsonArray() });
        operation["parameters"] = new JsonArray(new JsonObject
        {
            ["name"] = "serviceInputPayload",
            ["in"] = "body",
            ["description"] = "The input payload for executing the real-time machine learning service.",
            ["schema"] = Reference("#/definitions/ServiceInput"),
        });
        return operation;
    }

    private static JsonObject Scoring3()
    {
        var operation = Operation("RunMLService", "Run web service's model and get the prediction output", new JsonObject
        {
            ["200"] = Response3("ServiceOutput", "The service processed the input correctly and provided a result prediction, if applicable."),
            ["default"] = Response3("ErrorResponse", "The service failed to execute due to an error."),
        });
        operation["requestBody"] = new JsonObject
        {
            ["description"] = "The input payload for executing the real-time machine learning service.",
            ["required"] = true,
            ["content"] = Json3("ServiceInput"),
        };
        return operation;
    }

    private static JsonObject ServiceInput(MlflowModel model, IServedModel plan, ModelExample? example)
    {
        var properties = new JsonObject { ["input_data"] = InputData(plan) };
        if (model.Signature is { Parameters.Count: > 0 } signature)
        {
            properties["params"] = Parameters(signature.Parameters);
        }

        var input = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("input_data"),
            ["properties"] = properties,
        };
        if (example is not null)
        {
            input["example"] = JsonNode.Parse(example.Request);
        }

        return input;
    }

    private static JsonObject InputData(IServedModel plan)
        => plan.Columns is { } columns ? Table(columns)
            : plan.Tensors.Length > 0 ? Tensors(plan.Tensors)
            : new JsonObject { ["description"] = "The model has no signature: any input is handed to it." };

    private static JsonObject Table(ColumnLayout layout) => new()
    {
        ["type"] = "object",
        ["format"] = "pandas.DataFrame:split",
        ["required"] = new JsonArray("columns", "index", "data"),
        ["properties"] = new JsonObject
        {
            ["columns"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            ["index"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer", ["format"] = "int64" } },
            ["data"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject() },
            },
        },
        ["x-mlflow-columns"] = new JsonArray([.. layout.Columns.Select(c => (JsonNode)OpenApiType(c.Type, new JsonObject
        {
            ["name"] = c.Name,
            ["x-mlflow-type"] = c.TypeName,
            ["required"] = c.Required,
        }))]),
    };

    private static JsonObject Tensors(InputTensor[] tensors)
    {
        var described = new JsonArray([.. tensors.Select(t => (JsonNode)new JsonObject
        {
            ["name"] = t.Name,
            ["dtype"] = t.DataType,
            ["shape"] = new JsonArray([.. t.Shape.Select(d => (JsonNode)d)]),
        })]);
        var schema = new JsonObject();
        if (tensors.Length == 1)
        {
            schema["type"] = "array";
            schema["format"] = "numpy.ndarray";
            schema["items"] = new JsonObject();
        }
        else
        {
            schema["type"] = "object";
            schema["required"] = new JsonArray([.. tensors.Select(t => (JsonNode)t.Name)]);
            var properties = new JsonObject();
            foreach (var tensor in tensors)
            {
                properties[tensor.Name] = new JsonObject { ["type"] = "array", ["format"] = "numpy.ndarray", ["items"] = new JsonObject() };
            }

            schema["properties"] = properties;
        }

        schema["x-mlflow-tensors"] = described;
        return schema;
    }

    private static JsonObject Parameters(IReadOnlyList<ParameterSpecification> parameters)
    {
        var properties = new JsonObject();
        foreach (var parameter in parameters)
        {
            var property = new JsonObject { ["x-mlflow-type"] = parameter.TypeName };
            if (parameter.Shape is { } shape)
            {
                property["x-mlflow-shape"] = new JsonArray([.. shape.Select(d => (JsonNode)d)]);
            }

            if (parameter.DefaultJson is { } json)
            {
                property["default"] = JsonNode.Parse(json);
            }

            properties[parameter.Name] = property;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject ServiceOutput(MlflowModel model, IServedModel plan)
    {
        var items = new JsonObject();
        if (model.Signature?.Outputs is { IsTensors: false, Columns: [var single] })
        {
            OpenApiType(single.Type, items);
            items["x-mlflow-type"] = single.TypeName;
        }
        else if (plan.Shape == ReplyShape.Records)
        {
            items["type"] = "object";
        }
        else if (model.Signature?.Outputs is { Tensors: [{ Shape.Count: 1 } tensor] })
        {
            OpenApiType(tensor.DataType switch
            {
                "bool" => ColumnType.Boolean,
                "int32" => ColumnType.Integer,
                "float32" => ColumnType.Float,
                "float64" => ColumnType.Double,
                "str" or "object" => ColumnType.String,
                _ => ColumnType.Long,
            }, items);
            items["x-mlflow-type"] = tensor.DataType;
        }

        return plan.Shape == ReplyShape.Named
            ? new JsonObject { ["type"] = "object" }
            : new JsonObject { ["type"] = "array", ["items"] = items };
    }

    private static JsonObject OpenApiType(ColumnType type, JsonObject schema)
    {
        var (name, format) = type switch
        {
            ColumnType.Boolean => ("boolean", null),
            ColumnType.Integer => ("integer", "int32"),
            ColumnType.Long => ("integer", "int64"),
            ColumnType.Float => ("number", "float"),
            ColumnType.Double => ("number", "double"),
            ColumnType.Binary => ("string", "byte"),
            ColumnType.Datetime => ("string", "date-time"),
            ColumnType.Other => (schema["x-mlflow-type"]?.GetValue<string>() switch { "array" => "array", "object" or "map" => "object", _ => null }, null),
            _ => ("string", (string?)null),
        };
        if (name is not null)
        {
            schema["type"] = name;
        }

        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }

    private static JsonObject Info() => new()
    {
        ["title"] = "ML service",
        ["description"] = "API specification for the Azure Machine Learning online deployment",
        ["version"] = "1.0",
    };

    private static JsonObject Bearer() => new()
    {
        ["type"] = "apiKey",
        ["name"] = "Authorization",
        ["in"] = "header",
        ["description"] = "For example: Bearer abc123",
    };

    private static JsonObject Operation(string id, string description, JsonObject responses)
        => new() { ["operationId"] = id, ["description"] = description, ["responses"] = responses };

    private static JsonObject Reference(string target) => new() { ["$ref"] = target };

    private static JsonObject Response2(string schema, string description)
        => new() { ["description"] = description, ["schema"] = Reference($"#/definitions/{schema}") };

    private static JsonObject Response3(string schema, string description)
        => new() { ["description"] = description, ["content"] = Json3(schema) };

    private static JsonObject Json3(string schema)
        => new() { ["application/json"] = new JsonObject { ["schema"] = Reference($"#/components/schemas/{schema}") } };

    private static JsonObject ErrorResponse() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["message"] = new JsonObject { ["type"] = "string" } },
    };
}
