using System.Collections.Concurrent;
using MlflowRollout.Emulator.Models;
using MlflowRollout.Emulator.Serving;
using MlflowRollout.Emulator.Serving.Python;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.Serving.Python;

public sealed class InterpreterSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ContainerLog _log = new(TimeProvider.System, "azmlinfsrv", 7);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_FirstLacksTheModules_TakesTheNextAndSaysWhy()
    {
        var probe = new FakeProbe { ["/a/python3"] = Lacks("sklearn"), ["/b/python3"] = Fits() };

        var found = await new InterpreterSearch(["/a/python3", "/b/python3"], probe).FindAsync(Example(), "heart:1", _log, default);

        Assert.Equal("/real/python3", found.Executable);
        Assert.Contains("Interpreter /a/python3 (/real/python3), Python 3.11.2: does not import sklearn (no module)", _log.Read(10), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_None_IsAnAccountOfAllWithWhatToInstall()
    {
        var probe = new FakeProbe { ["/a/python3"] = InterpreterReport.Broken("cannot be started: no such file"), ["/b/python3"] = Lacks("sklearn", "xgboost") };

        var failure = await Assert.ThrowsAsync<DeploymentStartException>(
            () => new InterpreterSearch(["/a/python3", "/b/python3"], probe).FindAsync(Example(), "heart:1", _log, default));

        Assert.Equal("ResourceNotReady", failure.Code);
        Assert.Contains("/a/python3: cannot be started: no such file", failure.Message, StringComparison.Ordinal);
        Assert.Contains("does not import sklearn (no module), xgboost (no module)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/real/python3 -m pip install", failure.Message, StringComparison.Ordinal);
        Assert.Contains("scikit-learn==1.2.1 xgboost==1.7.4", failure.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("python3-sklearn python3-xgboost", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Find_Again_AsksAnInterpreterOnceUnlessItLackedSomething()
    {
        var probe = new FakeProbe { ["/a/python3"] = Lacks("xgboost"), ["/b/python3"] = Fits() };
        var search = new InterpreterSearch(["/a/python3", "/b/python3"], probe);

        await search.FindAsync(Example(), null, _log, default);
        await search.FindAsync(Example(), null, _log, default);

        Assert.Equal(["/a/python3", "/b/python3", "/a/python3"], probe.Asked);
    }

    [Fact]
    public void Requirements_ExampleModel_AreWhatItsPickleHolds()
        => Assert.Equal(["numpy", "pandas", "scipy", "sklearn", "xgboost"], Example().Modules);

    [Theory]
    [InlineData("\u0080\u0005cloudpickle.cloudpickle\n_make_function", true)]
    [InlineData("\u0080\u0005sklearn.pipeline", false)]
    public void Requirements_PickleOfMlflow21_NeedsCloudpickleOnlyForFunctionsByValue(string pickle, bool needed)
    {
        WriteMlflow21(pickle);

        Assert.Equal(
            needed ? ["cloudpickle", "numpy", "pandas", "sklearn", "xgboost"] : ["numpy", "pandas", "sklearn", "xgboost"],
            Of(PythonFlavor.Function).Modules);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536 - 10)]
    [InlineData(3 * 65_536 - 23)]
    public void Requirements_LargePickle_IsReadToItsEnd(int before)
    {
        WriteMlflow21(new string('x', before) + "cloudpickle.cloudpickle");

        Assert.Contains("cloudpickle", Of(PythonFlavor.Function).Modules);
    }

    [Fact]
    public async Task Start_InterpreterWithoutTheLibrariesOfAMlflow21Folder_FailsAndSaysWhatToInstall()
    {
        if (OperatingSystem.IsWindows() || InterpreterCandidates.List(null, Environment.GetEnvironmentVariable("PATH")) is not [var python, ..])
        {
            return;
        }

        // An interpreter proper that has nothing installed: -S leaves out all site packages.
        WriteMlflow21("cloudpickle.cloudpickle");
        _folder.Write("bare/python3", $"#!/bin/sh\nexec '{python}' -S -E \"$@\"\n");
        File.SetUnixFileMode(_folder["bare/python3"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var search = new InterpreterSearch([_folder["bare/python3"]], new InterpreterProbe(TimeProvider.System));
        using var starter = new ProcessStarter();
        var factory = new PythonModelServerFactory(PythonFlavor.Function, search, starter);
        var context = new ModelServerContext(ServedModel.Specification(_folder.Path), MlflowModel.Load(_folder.Path), _log, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<DeploymentStartException>(() => factory.StartAsync(context, default));

        Assert.Equal("ResourceNotReady", failure.Code);
        Assert.Contains("does not import cloudpickle", failure.Message, StringComparison.Ordinal);
        Assert.Contains("what the model azureml:heart:1 needs", failure.Message, StringComparison.Ordinal);
        Assert.Contains("pip install numpy pandas scikit-learn==1.2.0 xgboost==1.7.2 cloudpickle==2.2.0", failure.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("python3-sklearn python3-xgboost python3-cloudpickle", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Requirements_CondaFile_IsReadToo()
    {
        _folder.Write("MLmodel", "flavors:\n  sklearn:\n    pickled_model: model.pkl\n");
        _folder.Write("model.pkl", string.Empty);
        _folder.Write("conda.yaml", "dependencies:\n- python=3.11\n- scikit-learn=1.3.0\n- pip:\n  - category_encoders==2.6.0\n  - jupyter\n");

        var requirements = Of(PythonFlavor.Sklearn);

        Assert.Equal(["category_encoders", "numpy", "pandas", "sklearn"], requirements.Modules);
        Assert.Contains(
            requirements.Mismatches(new Dictionary<string, string> { ["sklearn"] = "1.2.1" }),
            note => note.Contains("scikit-learn 1.3.0, this interpreter has 1.2.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Requirements_LoaderModuleOfTheModel_NeedsTheLibrariesItNames()
    {
        _folder.Write("MLmodel", "flavors:\n  python_function:\n    loader_module: own\n    code: code\n");
        _folder.Write("code/own.py", string.Empty);
        _folder.Write("requirements.txt", "mlflow\nscikit-learn>=1.2\nflask\n");

        Assert.Equal(["numpy", "pandas", "sklearn"], Of(PythonFlavor.Function).Modules);
    }

    [Fact]
    public void Requirements_PlainPythonModel_NeedsMlflow()
    {
        _folder.Write("MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n");

        var requirements = Of(PythonFlavor.Function);

        Assert.Contains("mlflow", requirements.Modules);
        Assert.Contains("'mlflow.pyfunc.model': only mlflow itself", requirements.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_Path_IsFollowedAfterTheChosenOneAndNothingTwice()
    {
        if (OperatingSystem.IsWindows())
        {
            // Links need rights there.
            return;
        }

        foreach (var name in new[] { "one/python3", "two/python3", "two/python" })
        {
            _folder.Write(name, string.Empty);
        }

        File.CreateSymbolicLink(_folder["one/python"], _folder["one/python3"]);
        Directory.CreateSymbolicLink(_folder["three"], _folder["two"]);
        _folder.Write("four/python3.11", string.Empty);
        File.CreateSymbolicLink(_folder["four/python3"], "python3.11");
        Directory.CreateSymbolicLink(_folder["five"], "four");
        var path = string.Join(':', _folder["one"], _folder["two"], _folder["three"], _folder["four"], _folder["five"], "relative");

        var candidates = InterpreterCandidates.List(_folder["two/python"], path);

        Assert.Equal([_folder["two/python"], _folder["one/python3"], _folder["two/python3"], _folder["four/python3"]], candidates.Where(c => c.StartsWith(_folder.Path, StringComparison.Ordinal)));
        Assert.Equal("/nowhere/python3.99", InterpreterCandidates.List("/nowhere/python3.99", path)[0]);
        Assert.Equal(_folder["one/python3"], InterpreterCandidates.List("python3", path)[0]);
    }

    [Theory]
    [InlineData("pickled_model: ../outside.pkl")]
    [InlineData("pickled_model: /etc/passwd")]
    public void Plan_PathOutOfTheFolder_IsRefused(string setting)
    {
        _folder.Write("MLmodel", $"flavors:\n  sklearn:\n    {setting}\n");

        var failure = Assert.Throws<ModelFormatException>(() => Of(PythonFlavor.Sklearn));

        Assert.Contains("outside the model folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_FileMissing_NamesIt()
    {
        _folder.Write("MLmodel", "flavors:\n  xgboost:\n    data: model.ubj\n");

        var failure = Assert.Throws<DeploymentStartException>(() => Of(PythonFlavor.Xgboost));

        Assert.Equal("BadArgument", failure.Code);
        Assert.Contains("'model.ubj'", failure.Message, StringComparison.Ordinal);
    }

    private void WriteMlflow21(string pickle)
    {
        _folder.Write("MLmodel", """
            artifact_path: pipeline
            flavors:
              python_function:
                env:
                  conda: conda.yaml
                  virtualenv: python_env.yaml
                loader_module: mlflow.sklearn
                model_path: model.pkl
                predict_fn: predict
              sklearn:
                code: null
                pickled_model: model.pkl
                serialization_format: cloudpickle
                sklearn_version: 1.2.0
            mlflow_version: 2.1.1
            """);
        _folder.Write("model.pkl", pickle);
        _folder.Write("requirements.txt", "mlflow<3,>=2.1\ncloudpickle==2.2.0\nscikit-learn==1.2.0\nxgboost==1.7.2");
    }

    private static ModelRequirements Example() => ModelRequirements.Of(PythonPlan.Create(MlflowModel.Load(ExampleModels.V1), PythonFlavor.Sklearn));

    private static InterpreterReport Fits() => new("/real/python3", "3.11.2", new Dictionary<string, string>(), new Dictionary<string, string>(), null);

    private static InterpreterReport Lacks(params string[] modules) => Fits() with { Missing = modules.ToDictionary(m => m, _ => "no module") };

    private ModelRequirements Of(string flavor) => ModelRequirements.Of(PythonPlan.Create(MlflowModel.Load(_folder.Path), flavor));

    private sealed class FakeProbe : IInterpreterProbe
    {
        private readonly Dictionary<string, InterpreterReport> _reports = [];

        public ConcurrentQueue<string> Asked { get; } = new();

        public InterpreterReport this[string interpreter]
        {
            set => _reports[interpreter] = value;
        }

        public Task<InterpreterReport> AskAsync(string interpreter, IReadOnlyList<string> modules, CancellationToken cancellationToken)
        {
            Asked.Enqueue(interpreter);
            return Task.FromResult(_reports[interpreter]);
        }
    }
}
