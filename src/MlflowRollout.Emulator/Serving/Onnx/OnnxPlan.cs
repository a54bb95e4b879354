using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Description;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>An output and its name as it stands in replies.</summary>
internal sealed record OutputName(string Name)
{
    public JsonEncodedText Encoded { get; } = JsonEncodedText.Encode(Name);
}

/// <summary>How the signature's columns or tensors become the inputs of an ONNX graph, and which outputs are the answer.</summary>
internal sealed class OnnxPlan : IServedModel
{
    /// <summary>The key of the <c>onnx</c> flavor that names the output equal to <c>predict</c> of the model's own library.</summary>
    public const string PredictOutputKey = "predict_output";

    private OnnxPlan(
        IReadOnlyList<OnnxInput> inputs, ColumnLayout? columns, InputTensor[] tensors, (string[] Names, ReplyShape Shape) outputs, InferenceSession session, ParameterSchema parameters)
    {
        Inputs = inputs;
        Columns = columns;
        Tensors = tensors;
        Outputs = [.. outputs.Names.Select(o => new OutputName(o))];
        Shape = outputs.Shape;
        HasMaps = outputs.Names.Any(name => !IsTensor(session, name));
        Parameters = parameters;
    }

    public IReadOnlyList<OnnxInput> Inputs { get; }

    /// <summary>Null where the model takes tensors.</summary>
    public ColumnLayout? Columns { get; }

    public InputTensor[] Tensors { get; }

    public OutputName[] Outputs { get; }

    public ReplyShape Shape { get; }

    /// <summary>True where an output is a list of maps, as converters of classifiers make for probabilities.</summary>
    public bool HasMaps { get; }

    public ParameterSchema Parameters { get; }

    /// <param name="session">The graph.</param>
    /// <param name="model">Its folder.</param>
    /// <param name="note">Where ignored inference parameters are noted.</param>
    /// <exception cref="DeploymentStartException">Signature and graph do not fit.</exception>
    public static OnnxPlan Create(InferenceSession session, MlflowModel model, Action<string>? note = null)
    {
        var inputs = session.InputMetadata.Select(i => ToInput(i.Key, i.Value)).ToList();
        var outputs = ChooseOutputs(session, model);
        var parameters = new ParameterSchema(model.Signature?.Parameters ?? [], note);
        var schema = model.Signature?.Inputs;
        if (schema is { IsTensors: false, Columns.Count: > 0 })
        {
            return new OnnxPlan(inputs, PlanColumns(inputs, schema.Columns), [], outputs, session, parameters);
        }

        if (schema is null && inputs.Count > 1 && inputs.All(i => i.IsColumn))
        {
            // Without a signature the graph itself says which columns there are.
            var columns = inputs.Select((input, index) =>
            {
                var type = CellBuffers.NaturalType(input.Element);
                return new InputColumn(input.Name, type, type.ToString().ToLowerInvariant(), Required: true, index, 0, 1);
            });
            return new OnnxPlan(inputs, new ColumnLayout([.. columns]), [], outputs, session, parameters);
        }

        var tensorOutputs = (outputs.Outputs, outputs.Shape == ReplyShape.Records ? ReplyShape.Named : outputs.Shape);
        return new OnnxPlan(inputs, null, PlanTensors(inputs, schema?.Tensors ?? []), tensorOutputs, session, parameters);
    }

    private static OnnxInput ToInput(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor && !metadata.IsString)
        {
            throw Refuse($"its input '{name}' is not a tensor");
        }

        var element = metadata.ElementDataType;
        if (CellBuffers.Create(element) is not { } buffer)
        {
            throw Refuse($"its input '{name}' has the element type {element}");
        }

        buffer.Dispose();
        return new OnnxInput(name, element, [.. metadata.Dimensions.Select(d => (long)d)]);
    }

    private static ColumnLayout PlanColumns(List<OnnxInput> inputs, IReadOnlyList<ColumnSpecification> columns)
    {
        var byName = inputs.Select((input, index) => (input.Name, index)).ToDictionary(i => i.Name, i => i.index, StringComparer.Ordinal);
        var named = columns.Select((column, position) => column with { Name = column.Name ?? $"column_{position}" }).ToList();
        var planned = new List<InputColumn>();
        if (named.All(c => byName.ContainsKey(c.Name!)) && inputs.All(i => i.IsColumn))
        {
            var unfed = inputs.FirstOrDefault(i => named.All(c => c.Name != i.Name));
            if (unfed is not null)
            {
                throw Refuse($"its input '{unfed.Name}' is no column of the signature");
            }

            planned.AddRange(named.Select(c => Column(c, inputs[byName[c.Name!]], byName[c.Name!], 0, 1)));
        }
        else if (inputs is [{ Shape.Length: 2 } matrix] && (matrix.Shape[1] < 0 || matrix.Shape[1] == named.Count))
        {
            planned.AddRange(named.Select((c, position) => Column(c, matrix, 0, position, named.Count)));
        }
        else
        {
            throw Refuse(
                $"its inputs ({string.Join(", ", inputs.Select(i => i.Name))}) are neither one [N,1] tensor a column of the signature "
                + $"({string.Join(", ", named.Select(c => c.Name))}) nor one matrix of all columns");
        }

        return new ColumnLayout(planned);
    }

    private static InputColumn Column(ColumnSpecification column, OnnxInput input, int buffer, int offset, int stride)
    {
        if (!CellBuffers.Accepts(input.Element, column.Type))
        {
            throw Refuse($"its input '{input.Name}' of type {input.Element} cannot take the column '{column.Name}' of type {column.TypeName}");
        }

        return new InputColumn(column.Name!, column.Type, column.TypeName, column.Required, buffer, offset, stride);
    }

    private static InputTensor[] PlanTensors(List<OnnxInput> inputs, IReadOnlyList<TensorSpecification> specifications)
    {
        if (specifications.Count > 0 && specifications.Count != inputs.Count)
        {
            throw Refuse($"it has {inputs.Count} inputs and the signature has {specifications.Count} tensors");
        }

        return [.. inputs.Select(input =>
        {
            var named = specifications.FirstOrDefault(s => s.Name == input.Name) ?? (specifications.Count == 1 ? specifications[0] : null);
            if (named is null && specifications.Count > 0)
            {
                throw Refuse($"its input '{input.Name}' is no tensor of the signature");
            }

            var shape = named is null ? input.Shape : [.. named.Shape];
            RequireFit(input, named, shape);
            return new InputTensor(named?.Name ?? input.Name, CellBuffers.NaturalType(input.Element), named?.DataType ?? input.Element.ToString(), shape);
        })];
    }

    /// <summary>A graph that can never run what the signature lets pass is told at the start, not with each request.</summary>
    private static void RequireFit(OnnxInput input, TensorSpecification? named, long[] shape)
    {
        if (named is null || input.Shape.Length == 0)
        {
            return;
        }

        var fits = shape.Length == input.Shape.Length;
        for (var i = 0; fits && i < shape.Length; i++)
        {
            fits = shape[i] < 0 || input.Shape[i] < 0 || shape[i] == input.Shape[i];
        }

        if (!fits)
        {
            throw Refuse($"its input '{input.Name}' has the shape ({string.Join(", ", input.Shape)}), and the signature says ({string.Join(", ", shape)})");
        }

        if (!CellBuffers.Carries(input.Element, named.DataType))
        {
            throw Refuse($"its input '{input.Name}' has the element type {input.Element}, and the signature says {named.DataType}");
        }
    }

    private static (string[] Outputs, ReplyShape Shape) ChooseOutputs(InferenceSession session, MlflowModel model)
    {
        var names = session.OutputMetadata.Keys.ToArray();
        var asked = model.Flavors[OnnxModelServerFactory.FlavorName][PredictOutputKey];
        if (asked is not null && !names.Contains(asked, StringComparer.Ordinal))
        {
            throw Refuse($"the flavor's '{PredictOutputKey}' names the output '{asked}', but it has only: {string.Join(", ", names)}");
        }

        var loader = model.LoaderModule;
        if (loader is null or "mlflow.onnx")
        {
            foreach (var name in names)
            {
                RequireWritable(session, name);
            }

            return (names, ReplyShape.Records);
        }

        var predict = asked
            ?? (names.Length == 1 ? names[0] : names.FirstOrDefault(n => n is "output_label" or "label" or "variable"))
            ?? throw Refuse($"it has several outputs ({string.Join(", ", names)}). Name the one that equals predict() as '{PredictOutputKey}' under flavors.onnx in MLmodel");
        RequireTensor(session, predict);
        return ([predict], ReplyShape.Predictions);
    }

    private static bool IsTensor(InferenceSession session, string output) => session.OutputMetadata[output].OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR;

    private static void RequireTensor(InferenceSession session, string output)
    {
        if (!IsTensor(session, output))
        {
            throw Refuse($"its output '{output}' is not a tensor; export classifiers with zipmap switched off");
        }
    }

    private static void RequireWritable(InferenceSession session, string output)
    {
        var metadata = session.OutputMetadata[output];
        if (metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
            || (metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_SEQUENCE && metadata.AsSequenceMetadata().ElementMeta.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP))
        {
            return;
        }

        throw Refuse($"its output '{output}' is neither a tensor nor a list of maps; name the outputs to answer with by exporting a graph that has only those");
    }

    private static DeploymentStartException Refuse(string why)
        => new(StartFailure.BadArgument, $"The ONNX graph of the model cannot be served: {why}.");
}
