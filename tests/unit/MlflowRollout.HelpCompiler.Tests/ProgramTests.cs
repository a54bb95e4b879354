using System.Reflection;
using MlflowRollout.Testing;

namespace MlflowRollout.HelpCompiler.Tests;

/// <summary>The tool as the build calls it.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly string Module = typeof(GetSampleCommand).Assembly.Location;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_UpdatedSources_WritesHelpAndSucceeds()
    {
        _folder.Write("docs/Get-Sample.md", SampleSource.Text);

        Assert.Equal(0, Run("--module", Module, "--source", _folder["docs"], "--update").ExitCode);
        (int exitCode, string output) = Run("--module", Module, "--source", _folder["docs"], "--output", _folder["out"]);

        Assert.Equal((0, string.Empty), (exitCode, output));
        Assert.True(File.Exists(_folder["out", Path.GetFileName(Module) + "-Help.xml"]));
    }

    [Fact]
    public void Run_Drift_FailsInTheFormOfABuildError()
    {
        string source = _folder.Write("docs/Get-Sample.md", SampleSource.Text);

        (int exitCode, string output) = Run("--module", Module, "--source", _folder["docs"], "--output", _folder["out"]);

        Assert.Equal(1, exitCode);
        Assert.Contains($"{source}(7): error MRH004: Get-Sample: SYNTAX is not what the assembly says. Run ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("--source", "nowhere")]
    [InlineData("--module", "nowhere.dll", "--source", "nowhere", "--update")]
    public void Run_BadCall_ExitsWithTwo(params string[] arguments) => Assert.Equal(2, Run(arguments).ExitCode);

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        TextWriter output = Console.Out;
        TextWriter error = Console.Error;
        using var captured = new StringWriter();
        Console.SetOut(captured);
        Console.SetError(captured);
        try
        {
            object? result = typeof(HelpCompilation).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [arguments], culture: null);
            return ((int)result!, captured.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
