using System.Diagnostics;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Examples.Tests;

/// <summary>The training scripts and the pickles still say what is committed. Needs Debian's Python libraries.</summary>
public sealed class TrainingScriptTests
{
    private const int CannotTell = 77;

    [SkippableFact]
    public async Task Verify_PickledPipelines_GiveTheExpectedOutputs()
    {
        await VerifyAsync(Requirement.PythonModules("sklearn", "xgboost", "pandas"));
    }

    [SkippableFact]
    public async Task Verify_ExportOfThePickles_IsTheCommittedGraph()
    {
        await VerifyAsync(Requirement.PythonModules("sklearn", "xgboost", "pandas", "onnx"), "--export");
    }

    private static async Task VerifyAsync(string python, params string[] arguments)
    {
        string script = Path.Combine(ExampleModels.HeartClassifier, "training", "verify.py");
        using Process process = Process.Start(new ProcessStartInfo(python, ["-B", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Requirement.Require(process.ExitCode != CannotTell, output.Trim());
        Assert.True(process.ExitCode == 0, $"verify.py ended with {process.ExitCode}: {output}{await error}");
    }
}
