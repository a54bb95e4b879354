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

        return new CheckResult(true, check._findings);
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
                CheckParameters(property.Value);
            }
        }

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

    private void CheckParameters(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object)
        {
            Add($"params is {JsonKinds.Describe(parameters)}; it must be an object of names and values.");
            return;
        }

        if (_signature is not { Parameters: { Length: > 0 } known })
        {
            return;
        }

        foreach (JsonProperty parameter in parameters.EnumerateObject())
        {
            MlColumn? column = Array.Find(known, candidate => candidate.Name == parameter.Name);
            if (column is null)
            {
                Add($"The model has no parameter '{parameter.Name}'.{NearMatch.Sentence(parameter.Name, [.. known.Select(candidate => candidate.Name)])}");
            }
            else if (column.Shape.Length == 0 && JsonKinds.Problem(parameter.Value, column.Type) is { } problem)
            {
                Add($"Parameter '{parameter.Name}': {problem}.");
            }
        }
    }
}
