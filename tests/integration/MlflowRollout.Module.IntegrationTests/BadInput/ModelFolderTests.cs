using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.BadInput;

/// <summary>Model folders that cannot be used.</summary>
public sealed class ModelFolderTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public async Task RegisterMlModel_NoSuchFolder_IsRefused()
    {
        ErrorRecord error = await FailsWithoutChangeAsync("Register-MlModel heart -Path $args[0]", Path.Combine(Path.GetTempPath(), "there-is-no-such-model"));

        AssertError(error, MlErrorIds.PathNotFound, ErrorCategory.ObjectNotFound, "there-is-no-such-model");
    }

    [Fact]
    public async Task RegisterMlModel_TypeMlflowWithoutMLmodel_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["weights.bin"], "weights");

        ErrorRecord error = await FailsWithoutChangeAsync("Register-MlModel heart -Path $args[0] -Type mlflow_model", folder.Path);

        AssertError(error, MlErrorIds.ModelFolderInvalid, ErrorCategory.InvalidData, "MLmodel", folder.Path);
    }

    [Fact]
    public async Task RegisterMlModel_FolderWithoutMLmodel_SaysHowToRegisterItAllTheSame()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["weights.bin"], "weights");

        ErrorRecord error = await FailsWithoutChangeAsync("Register-MlModel heart -Path $args[0]", folder.Path);

        AssertError(error, MlErrorIds.ModelFolderInvalid, ErrorCategory.InvalidData, "MLmodel", "-Type custom_model");
    }

    [Fact]
    public async Task RegisterMlModel_BrokenMLmodel_SaysWhere()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["MLmodel"], "flavors:\n  onnx: [unclosed\n");

        ErrorRecord error = await FailsWithoutChangeAsync("Register-MlModel heart -Path $args[0]", folder.Path);

        AssertError(error, MlErrorIds.ModelFolderInvalid, ErrorCategory.InvalidData, "MLmodel", "line");
    }

    [Fact]
    public async Task RegisterMlModel_PathLeavesTheFolder_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["MLmodel"], "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: ../../etc/passwd\n");

        ErrorRecord error = await FailsWithoutChangeAsync("Register-MlModel heart -Path $args[0]", folder.Path);

        AssertError(error, MlErrorIds.ModelFolderInvalid, ErrorCategory.InvalidData, "../../etc/passwd", "folder");
    }

    [Fact]
    public async Task NewMlDeployment_ModelWithoutServableFlavor_IsRefusedBeforeAnyChange()
    {
        EndpointWithBlue();
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["weights.bin"], "weights");
        Session.Invoke("$custom = Register-MlModel $args[0] -Path $args[1] -Type custom_model", Fixture.UniqueName("custom"), folder.Path).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$custom | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.ModelNotServable, ErrorCategory.InvalidOperation, "python_function");
    }
}
