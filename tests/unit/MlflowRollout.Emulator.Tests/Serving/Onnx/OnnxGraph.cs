using System.Text;

namespace MlflowRollout.Emulator.Tests.Serving.Onnx;

/// <summary>Writes small ONNX graphs (the protocol buffers of onnx.proto) without any library, so that tests hold no binary files.</summary>
internal sealed class OnnxGraph
{
    public const int Float = 1;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Text = 8;
    public const int Flag = 9;
    public const int Double = 11;

    private const string MachineLearning = "ai.onnx.ml";

    private readonly List<(int Field, MemoryStream Content)> _graph = [];

    /// <summary>A dimension of -1 is any.</summary>
    public OnnxGraph Input(string name, int element, params int[] shape)
    {
        _graph.Add((11, Value(name, Tensor(element, shape))));
        return this;
    }

    public OnnxGraph Output(string name, int element, params int[] shape)
    {
        _graph.Add((12, Value(name, Tensor(element, shape))));
        return this;
    }

    /// <summary>An output that is a list of maps from a class to a number.</summary>
    public OnnxGraph OutputMaps(string name, int key)
    {
        var map = new MemoryStream();
        Number(map, 1, key);
        Message(map, 2, Tensor(Float, []));
        _graph.Add((12, Value(name, Sequence(Field(5, map)))));
        return this;
    }

    /// <summary>An output that is a list of tensors.</summary>
    public OnnxGraph OutputTensors(string name, int element)
    {
        _graph.Add((12, Value(name, Sequence(Tensor(element, [-1, -1])))));
        return this;
    }

    /// <summary>A node; attributes are whole numbers, lists of them, or lists of texts.</summary>
    public OnnxGraph Node(string operation, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new MemoryStream();
        foreach (var input in inputs.Split(' '))
        {
            String(node, 1, input);
        }

        foreach (var output in outputs.Split(' '))
        {
            String(node, 2, output);
        }

        String(node, 4, operation);
        foreach (var (name, value) in attributes)
        {
            Message(node, 5, Attribute(name, value));
        }

        if (operation == "ZipMap")
        {
            String(node, 7, MachineLearning);
        }

        _graph.Add((1, node));
        return this;
    }

    public byte[] ToArray()
    {
        var model = new MemoryStream();
        Number(model, 1, 8);
        var graph = new MemoryStream();
        String(graph, 2, "test");
        foreach (var (field, content) in _graph)
        {
            Message(graph, field, content);
        }

        Message(model, 7, graph);
        foreach (var (domain, version) in new[] { (string.Empty, 13), (MachineLearning, 3) })
        {
            var opset = new MemoryStream();
            String(opset, 1, domain);
            Number(opset, 2, version);
            Message(model, 8, opset);
        }

        return model.ToArray();
    }

    private static MemoryStream Value(string name, MemoryStream type)
    {
        var value = new MemoryStream();
        String(value, 1, name);
        Message(value, 2, type);
        return value;
    }

    private static MemoryStream Tensor(int element, int[] shape)
    {
        var tensor = new MemoryStream();
        Number(tensor, 1, element);
        var dimensions = new MemoryStream();
        foreach (var length in shape)
        {
            var dimension = new MemoryStream();
            if (length >= 0)
            {
                Number(dimension, 1, length);
            }

            Message(dimensions, 1, dimension);
        }

        Message(tensor, 2, dimensions);
        return Field(1, tensor);
    }

    private static MemoryStream Sequence(MemoryStream element)
    {
        var sequence = new MemoryStream();
        Message(sequence, 1, element);
        return Field(4, sequence);
    }

    private static MemoryStream Attribute(string name, object value)
    {
        var attribute = new MemoryStream();
        String(attribute, 1, name);
        switch (value)
        {
            case int number:
                Number(attribute, 3, number);
                Number(attribute, 20, 2);
                break;
            case int[] numbers:
                foreach (var number in numbers)
                {
                    Number(attribute, 8, number);
                }

                Number(attribute, 20, 7);
                break;
            case string[] texts:
                foreach (var text in texts)
                {
                    String(attribute, 9, text);
                }

                Number(attribute, 20, 8);
                break;
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType().Name} here.", nameof(value));
        }

        return attribute;
    }

    private static MemoryStream Field(int field, MemoryStream content)
    {
        var outer = new MemoryStream();
        Message(outer, field, content);
        return outer;
    }

    private static void Message(MemoryStream target, int field, MemoryStream content) => Bytes(target, field, content.ToArray());

    private static void String(MemoryStream target, int field, string text) => Bytes(target, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(MemoryStream target, int field, byte[] content)
    {
        Varint(target, (ulong)((field << 3) | 2));
        Varint(target, (ulong)content.Length);
        target.Write(content);
    }

    private static void Number(MemoryStream target, int field, long value)
    {
        Varint(target, (ulong)(field << 3));
        Varint(target, (ulong)value);
    }

    private static void Varint(MemoryStream target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.WriteByte((byte)(value | 0x80));
        }

        target.WriteByte((byte)value);
    }
}
