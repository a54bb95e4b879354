using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Python;

/// <summary>Model folders with Python flavors, and the requirement that something here can run them.</summary>
internal static class PythonModels
{
    /// <summary>Needs what the example models need; gives the interpreter.</summary>
    public static string RequireExampleLibraries() => Requirement.PythonModules("sklearn", "xgboost", "pandas", "scipy");

    /// <summary>An example model without its ONNX flavor.</summary>
    public static void WriteSklearnOnly(TemporaryFolder folder, int version)
    {
        string source = ExampleModels.Version(version);
        string flavors = File.ReadAllText(Path.Combine(source, "MLmodel"));
        int onnx = flavors.IndexOf("  onnx:", StringComparison.Ordinal);
        int next = flavors.IndexOf("  python_function:", StringComparison.Ordinal);
        folder.Write("MLmodel", flavors.Remove(onnx, next - onnx));
        foreach (string name in new[] { "model.pkl", "input_example.json", "requirements.txt", "conda.yaml" })
        {
            File.Copy(Path.Combine(source, name), folder[name]);
        }
    }

    /// <summary>
    /// A model whose loader is a module of its own; the code must define <c>predict(data)</c>, or <c>predict(data, params)</c> where there are parameters.
    /// </summary>
    public static void WriteOwn(
        TemporaryFolder folder, string code, string? signature = """[{"type": "long", "name": "x"}, {"type": "string", "name": "s"}]""", string? parameters = null)
    {
        folder.Write("MLmodel", "flavors:\n  python_function:\n    loader_module: own_loader\n    code: code\n"
            + (signature is null && parameters is null ? string.Empty : "signature:\n")
            + (signature is null ? string.Empty : $"  inputs: '{signature}'\n")
            + (parameters is null ? string.Empty : $"  params: '{parameters}'\n"));
        string arguments = parameters is null ? "data" : "data, params";
        folder.Write(
            Path.Combine("code", "own_loader.py"),
            code + $"\n\nclass _Model:\n    def predict(self, {arguments}):\n        return predict({arguments})\n\n\ndef _load_pyfunc(path):\n    return _Model()\n");
    }

    /// <summary>A folder as MLflow 2.1 wrote it; gives its rows with the pipeline's own predictions.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="environment"><c>map</c> or <c>text</c>: how MLmodel names conda.yaml.</param>
    public static async Task<JsonNode> WriteMlflow21Async(string folder, string environment)
    {
        string interpreter = Requirement.PythonModules("sklearn", "xgboost", "pandas", "cloudpickle", "yaml");
        string script = Path.Combine(RepositoryPaths.Root, "tests", "integration", "MlflowRollout.Emulator.IntegrationTests", "Python", "mlflow_2_1_folder.py");
        string labels = Path.Combine(ExampleModels.HeartClassifier, "expected", "model-v2.json");
        return JsonNode.Parse(await StartAsync(interpreter, ["-B", script, folder, ExampleModels.Rows, labels, environment]))!;
    }

    /// <summary>Runs Python with a program and arguments, and gives its output.</summary>
    public static Task<string> RunAsync(string interpreter, string program, params string[] arguments) => StartAsync(interpreter, ["-c", program, .. arguments]);

    private static async Task<string> StartAsync(string interpreter, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(interpreter, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        return await output;
    }

    /// <summary>A request of one column table.</summary>
    public static string Body(object columns, object data) => JsonSerializer.Serialize(new { input_data = new { columns, index = Array.Empty<int>(), data } });
}
