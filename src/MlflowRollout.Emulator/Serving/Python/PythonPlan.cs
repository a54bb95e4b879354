using Microsoft.ML.OnnxRuntime.Tensors;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving.Description;
using MlflowRollout.Emulator.Serving.Inputs;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>How a worker loads a model and what it is sent.</summary>
internal sealed class PythonPlan : IServedModel
{
    /// <summary>Any model that MLflow itself must load.</summary>
    public const string MlflowKind = "mlflow";

    /// <summary>A loader module that the model brings along.</summary>
    public const string LoaderKind = "loader";

    // Flavors for which the service's script hands on texts and dictionaries of texts.
    private static readonly string[] LanguageFlavors = ["transformers", "langchain", "openai"];

    private PythonPlan(string kind, MlflowModel model, Action<string>? note)
    {
        Kind = kind;
        Folder = model.Folder;
        Parameters = new ParameterSchema(model.Signature?.Parameters ?? [], note);

        // Such a model gets its input as it came: MLflow brings it into form.
        IsLanguageModel = kind == MlflowKind && LanguageFlavors.Any(model.Flavors.ContainsKey);
        var schema = IsLanguageModel ? null : model.Signature?.Inputs;
        if (schema is { IsTensors: true })
        {
            Tensors = [.. schema.Tensors.Select((t, i) => new InputTensor(
                t.Name ?? $"tensor_{i}", CellBuffers.NaturalType(ElementOf(t)), t.DataType, [.. t.Shape]))];
            TensorElements = [.. schema.Tensors.Select(ElementOf)];
            AreTensorsNamed = schema.Tensors.Any(t => t.Name is not null);
        }
        else if (schema is { Columns.Count: > 0 })
        {
            AreColumnsNamed = schema.Columns.All(c => c.Name is not null);
            Columns = new ColumnLayout([.. schema.Columns.Select((c, i) => new InputColumn(c.Name ?? $"column_{i}", c.Type, c.TypeName, c.Required, i, 0, 1, c.Nested))]);
        }
    }

    /// <summary>A library's flavor, <see cref="MlflowKind"/> or <see cref="LoaderKind"/>.</summary>
    public string Kind { get; }

    public string Folder { get; }

    /// <summary>Full path of what is loaded; null where the loader takes the whole folder.</summary>
    public string? Data { get; private init; }

    /// <summary>Full path of a folder with modules of the model's own.</summary>
    public string? Code { get; private init; }

    public string? Loader { get; private init; }

    public string? ModelClass { get; private init; }

    /// <summary>The method that predicts.</summary>
    public string Predict { get; private init; } = "predict";

    /// <summary>Whether <c>mlflow.pyfunc</c> loads the same thing, where the interpreter has it.</summary>
    public bool MlflowCanLoad { get; private init; }

    public ColumnLayout? Columns { get; }

    public InputTensor[] Tensors { get; } = [];

    public TensorElementType[] TensorElements { get; } = [];

    /// <summary>The inference parameters.</summary>
    public ParameterSchema Parameters { get; }

    /// <summary>True where texts and dictionaries of texts are handed on as they are.</summary>
    public bool IsLanguageModel { get; }

    public bool AreColumnsNamed { get; }

    public bool AreTensorsNamed { get; }

    public ReplyShape Shape => ReplyShape.Predictions;

    /// <param name="model">The model.</param>
    /// <param name="flavor">The flavor that was chosen.</param>
    /// <param name="note">Where ignored parameters are noted.</param>
    /// <exception cref="DeploymentStartException">MLmodel does not say how.</exception>
    public static PythonPlan Create(MlflowModel model, string flavor, Action<string>? note = null)
    {
        var function = model.Flavors.GetValueOrDefault(PythonFlavor.Function);
        var loader = function?["loader_module"];
        var behind = PythonFlavor.OfLoader(loader);
        if (flavor != PythonFlavor.Function)
        {
            // Without python_function, or with that of another flavor, mlflow.pyfunc would load something else.
            return Library(model, flavor, behind == flavor ? function : null, note);
        }

        if (loader is null)
        {
            throw Refuse("its python_function flavor has no 'loader_module'");
        }

        if (behind is not null)
        {
            return Library(model, behind, function, note);
        }

        var mlflowLoads = loader == "mlflow" || loader.StartsWith("mlflow.", StringComparison.Ordinal);
        var relative = function!["data"] ?? function["model_path"];
        return new PythonPlan(mlflowLoads ? MlflowKind : LoaderKind, model, note)
        {
            Loader = loader,
            Data = relative is null ? null : Existing(model, "flavors.python_function.data", relative),
            Code = CodeOf(model, function),
            MlflowCanLoad = true,
        };
    }

    /// <summary>Memory for the values of a request, one for each column or tensor.</summary>
    public IEnumerable<CellBuffer> CreateBuffers() => Columns is { } columns
        ? columns.Columns.Select(c => c.Type switch
        {
            ColumnType.Boolean => new FlagBuffer(),
            ColumnType.Integer => new NumberBuffer<int>(),
            ColumnType.Long => new NumberBuffer<long>(),
            ColumnType.Float => new NumberBuffer<float>(),
            ColumnType.Double => new NumberBuffer<double>(),
            ColumnType.Other => new JsonBuffer(c.Nested),
            _ => (CellBuffer)new TextBuffer(),
        })
        : TensorElements.Select(e => CellBuffers.Create(e)!);

    private static PythonPlan Library(MlflowModel model, string kind, MlflowFlavor? function, Action<string>? note)
    {
        var own = model.Flavors.GetValueOrDefault(kind);
        var key = kind == PythonFlavor.Sklearn ? "pickled_model" : "data";
        var relative = own?[key] ?? function?["model_path"] ?? function?["data"] ?? PythonFlavor.DefaultFile(kind);
        return new PythonPlan(kind, model, note)
        {
            Data = Existing(model, $"flavors.{kind}.{key}", relative),
            Code = CodeOf(model, own) ?? CodeOf(model, function),
            ModelClass = own?["model_class"],
            Predict = function?["predict_fn"] ?? "predict",
            MlflowCanLoad = function is not null,
        };
    }

    private static string? CodeOf(MlflowModel model, MlflowFlavor? flavor)
        => flavor?["code"] is { } code ? Existing(model, $"flavors.{flavor.Name}.code", code) : null;

    private static string Existing(MlflowModel model, string key, string relative)
    {
        var path = model.Resolve(key, relative);
        return Path.Exists(path) ? path : throw Refuse($"'{key}' names '{relative}', which is not in the model folder");
    }

    private static TensorElementType ElementOf(TensorSpecification tensor) => tensor.DataType switch
    {
        "float32" => TensorElementType.Float,
        "float64" => TensorElementType.Double,
        "int64" => TensorElementType.Int64,
        "int32" => TensorElementType.Int32,
        "int16" => TensorElementType.Int16,
        "int8" => TensorElementType.Int8,
        "uint64" => TensorElementType.UInt64,
        "uint32" => TensorElementType.UInt32,
        "uint16" => TensorElementType.UInt16,
        "uint8" => TensorElementType.UInt8,
        "bool" => TensorElementType.Bool,
        "str" or "object" => TensorElementType.String,
        _ => throw Refuse($"a tensor of its signature has the type '{tensor.DataType}', which the emulator does not send"),
    };

    private static DeploymentStartException Refuse(string why) => new(StartFailure.BadArgument, $"The Python model cannot be served: {why}.");
}
