using System.Text.Json;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Requests;

/// <summary>Checks <c>input_data</c> of a model that takes tensors: nested lists, by name where the inputs have names.</summary>
internal sealed class TensorCheck(MlModelSignature signature, Action<string> add)
{
    /// <summary>Checks the value of <c>input_data</c>.</summary>
    public void Check(JsonElement data)
    {
        if (RowConverter.IsUnnamed(signature))
        {
            if (data.ValueKind != JsonValueKind.Array)
            {
                add($"input_data is {JsonKinds.Describe(data)}; this model takes a list of {signature.Inputs[0].Shape.Length} dimensions.");
                return;
            }

            Walk(data, signature.Inputs[0], depth: 0, "input_data");
            return;
        }

        if (data.ValueKind != JsonValueKind.Object)
        {
            add($"input_data is {JsonKinds.Describe(data)}; this model takes an object with the tensors {Names()}.");
            return;
        }

        int? rows = null;
        foreach (JsonProperty property in data.EnumerateObject())
        {
            MlColumn? input = Array.Find(signature.Inputs, candidate => candidate.Name == property.Name);
            if (input is null)
            {
                add($"Tensor '{property.Name}' is not in the model's signature.{NearMatch.Sentence(property.Name, [.. signature.Inputs.Select(column => column.Name)])}");
            }
            else if (property.Value.ValueKind != JsonValueKind.Array)
            {
                add($"Tensor '{property.Name}' is {JsonKinds.Describe(property.Value)}; it must be a list of {input.Shape.Length} dimensions.");
            }
            else
            {
                Walk(property.Value, input, depth: 0, $"Tensor '{property.Name}'");
                int here = property.Value.GetArrayLength();
                rows ??= here;
                if (here != rows && input.Shape is [-1, ..])
                {
                    add($"Tensor '{property.Name}' has {here} rows and the first tensor has {rows}.");
                }
            }
        }

        foreach (MlColumn input in signature.Inputs.Where(column => column.Required && !data.TryGetProperty(column.Name, out _)))
        {
            add($"Tensor '{input.Name}' is missing; the model requires it.");
        }
    }

    private string Names() => string.Join(", ", signature.Inputs.Select(column => column.Name));

    private void Walk(JsonElement value, MlColumn input, int depth, string where)
    {
        if (depth == input.Shape.Length)
        {
            if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            {
                add($"{where}: {JsonKinds.Describe(value)} stands where the model takes a value of type {input.Type} ({depth} dimensions).");
            }
            else if (JsonKinds.Problem(value, input.Type) is { } problem)
            {
                add($"{where}: {problem}.");
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            add($"{where}: {JsonKinds.Describe(value)} stands where the model takes a list ({input.Shape.Length} dimensions).");
            return;
        }

        long expected = input.Shape[depth];
        if (expected >= 0 && value.GetArrayLength() != expected)
        {
            add($"{where} has {value.GetArrayLength()} elements in dimension {depth + 1} where the model takes {expected}.");
            return;
        }

        int position = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            Walk(item, input, depth + 1, $"{where}[{position++}]");
        }
    }
}
