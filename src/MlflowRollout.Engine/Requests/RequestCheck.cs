using System.Text.Json;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Requests;

/// <summary>Checks a request body against a signature: the forms that a deployed MLflow model takes, columns, types, dimensions.</summary>
internal sealed class RequestCheck
{
    private const int MostFindings = 50;
    private static readonly string[] KnownKeys = ["input_data", "params", "parameters"];
    private static readonly string[] OwnServerKeys = ["dataframe_split", "dataframe_records", "instances", "inputs"];

    private readonly MlModelSignature? _signature;
    private readonly List<string> _findings = [];
    private int _more;
    private int? _rows;

    private RequestCheck(MlModelSignature? signature) => _signature = signature;

    /// <summary>Checks a body.</summary>
    public static CheckResult Run(MlModelSignature? signature, ReadOnlyMemory<byte> body)
    {
        RequestCheck check = new(signature);
        ReadOnlyMemory<byte> text = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        if (text.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new CheckResult(false, ["The body is empty; it must be a JSON object with the key input_data."]);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
            check.CheckRoot(document.RootElement);
        }
        catch (JsonException exception)
        {
            string where = exception.LineNumber is { } line ? $" at line {line + 1}, column {(exception.BytePositionInLine ?? 0) + 1}" : string.Empty;
            return new CheckResult(false, [$"The body is broken JSON{where}: {Reason(exception.Message)}"]);
        }

        if (check._more > 0)
        {
            check._findings.Add($"… and {check._more} more.");
        }

        return new CheckResult(true, check._findings, check._rows);
    }

    private static string Reason(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }

    private void Add(string finding)
    {
        if (_findings.Count < MostFindings)
        {
            _findings.Add(finding);
        }
        else
        {
            _more++;
        }
    }

    private void CheckRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Add($"The body is {JsonKinds.Describe(root)}; it must be an object with the key input_data.");
            return;
        }

        JsonElement? input = null;
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.NameEquals("input_data"u8))
            {
                if (input is not null)
                {
                    Add("The key input_data is there twice.");
                }

                input = property.Value;
            }
            else if (OwnServerKeys.Contains(property.Name))
            {
                Add($"The key '{property.Name}' belongs to MLflow's own server; an online endpoint takes input_data.");
            }
            else if (!KnownKeys.Contains(property.Name))
            {
                string near = NearMatch.Find(property.Name, KnownKeys) is { } match ? $" Did you mean '{match}'?" : " It may hold input_data and params.";
                Add($"The body has the unknown key '{property.Name}'.{near}");
            }
            else if (property.NameEquals("params"u8))
            {
                InferenceParameters.Check(_signature, property.Value, Add);
            }
        }

        _rows = input is null ? null : CountRows(input.Value);
        if (input is not { } data)
        {
            Add("The body has no key input_data.");
        }
        else if (_signature is { IsTensor: true })
        {
            new TensorCheck(_signature, Add).Check(data);
        }
        else
        {
            new TableCheck(_signature, Add).Check(data);
        }
    }

    // {"data": [...]}, [...], {"a": [...], "b": [...]}
    private static int? CountRows(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            return input.ValueKind == JsonValueKind.Array ? input.GetArrayLength() : null;
        }

        if (input.TryGetProperty("data"u8, out JsonElement data))
        {
            return data.ValueKind == JsonValueKind.Array ? data.GetArrayLength() : null;
        }

        return input.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Array } first ? first.Value.GetArrayLength() : null;
    }
}
