using System.Text.Json;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Requests;

/// <summary>
/// Inference parameters, the <c>params</c> of a request, against the parameters of a signature. The service ignores a parameter that the model does not have, with
/// no more than a line in the container's log; nobody types one for that, so it is refused here.
/// </summary>
internal static class InferenceParameters
{
    /// <summary>Everything that is wrong with the <c>params</c> of a body.</summary>
    /// <param name="signature">Signature; null where it is not known.</param>
    /// <param name="parameters">The value of <c>params</c>.</param>
    /// <param name="add">Takes a finding.</param>
    public static void Check(MlModelSignature? signature, JsonElement parameters, Action<string> add)
    {
        if (parameters.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (parameters.ValueKind != JsonValueKind.Object)
        {
            add($"params is {JsonKinds.Describe(parameters)}; it must be an object of names and values.");
            return;
        }

        // The service takes any parameters for a model that has none, and ignores them: such a request works.
        if (signature is not { Parameters.Length: > 0 })
        {
            return;
        }

        foreach (JsonProperty parameter in parameters.EnumerateObject())
        {
            MlColumn? known = Array.Find(signature.Parameters, candidate => candidate.Name == parameter.Name);
            if ((known is null ? Unknown(signature, parameter.Name) : Problem(parameter.Value, known)) is { } problem)
            {
                add(problem);
            }
        }
    }

    /// <summary>The JSON object of parameters, each converted to its type.</summary>
    /// <param name="signature">Signature.</param>
    /// <param name="parameters">Names and values.</param>
    /// <exception cref="MlValidationException">A name is unknown, or a value does not fit; all findings are named.</exception>
    public static byte[] Write(MlModelSignature signature, IReadOnlyDictionary<string, object?> parameters)
    {
        List<string> findings = [];
        using Utf8Buffer output = new(256);
        output.Append((byte)'{');
        foreach ((string name, object? value) in parameters)
        {
            if (output.Length > 1)
            {
                output.Append((byte)',');
            }

            MlColumn? known = Array.Find(signature.Parameters, candidate => candidate.Name == name);
            if (known is null)
            {
                findings.Add(Unknown(signature, name));
            }
            else if (!JsonText.TryWrite(output, name))
            {
                findings.Add("A parameter's name is no valid Unicode.");
            }
            else
            {
                output.Append((byte)':');
                if (WriteValue(output, value, known) is { } problem)
                {
                    findings.Add($"Parameter '{name}': {problem}.");
                }
            }
        }

        output.Append((byte)'}');
        return findings.Count == 0 ? output.WrittenSpan.ToArray() : throw new MlValidationException(
            MlErrorIds.RequestInvalid, $"The parameters do not fit the model: {string.Join(Environment.NewLine, findings)}", MlErrorCategory.InvalidData)
        {
            RecommendedAction = "Nothing was sent. Correct the parameters; those of a model are under signature, params in its file MLmodel.",
        };
    }

    private static string? WriteValue(Utf8Buffer output, object? value, MlColumn parameter) =>
        // An empty text is a value here, unlike in the cell of a table.
        value is null or "" ? LooseWriter.Write(output, parameter.Type is MlColumnType.String or MlColumnType.Unknown ? value : null, 0)
        : parameter.Shape.Length > 0 ? LooseWriter.WriteTensor(output, value, parameter.Type, parameter.Shape)
        : parameter.Type == MlColumnType.Unknown ? LooseWriter.Write(output, value, 0)
        : CellWriter.Write(output, value, parameter.Type);

    private static string? Problem(JsonElement value, MlColumn parameter)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (parameter.Shape.Length == 0)
        {
            return JsonKinds.Problem(value, parameter.Type) is { } problem ? $"Parameter '{parameter.Name}': {problem}." : null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return $"Parameter '{parameter.Name}': {JsonKinds.Describe(value)} stands where the model takes a list.";
        }

        int position = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (JsonKinds.Problem(item, parameter.Type) is { } problem)
            {
                return $"Parameter '{parameter.Name}', element {position}: {problem}.";
            }

            position++;
        }

        return null;
    }

    private static string Unknown(MlModelSignature signature, string name)
    {
        string[] names = [.. signature.Parameters.Select(parameter => parameter.Name)];
        return names.Length == 0
            ? $"The model has no parameter '{name}', and no others; it would be ignored."
            : $"The model has no parameter '{name}'; it would be ignored.{(NearMatch.Find(name, names) is { } near ? $" Did you mean '{near}'?" : $" It has: {string.Join(", ", names)}.")}";
    }
}
