using System.Management.Automation;
using System.Net;
using System.Text;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NewMlDeployment;

/// <summary>Deployments with code and environment of their own, on Kubernetes endpoints, and from packages.</summary>
public sealed class CustomDeploymentTests : WorkspaceTest, IDisposable
{
    private const string Custom =
        "$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -Code ./src -ScoringScript score.py -Environment @{ Image = 'python:3.12'; CondaFile = './conda.yaml' }";

    private readonly TemporaryFolder _folder = new();

    public CustomDeploymentTests(EmulatorFixture fixture)
        : base(fixture)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "src", "skip"));
        File.WriteAllText(Path.Combine(_folder.Path, "src", "score.py"), "def init(): pass\ndef run(data): return data\n");
        File.WriteAllText(Path.Combine(_folder.Path, "src", "skip", "big.bin"), "left out");
        File.WriteAllText(Path.Combine(_folder.Path, "src", ".amlignore"), "skip/\n");
        File.WriteAllText(Path.Combine(_folder.Path, "conda.yaml"), "name: scorer\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n");
        Session.Invoke("Set-Location $args[0]", _folder.Path).AssertSucceeded();
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CodeAndEnvironment_AreRegisteredAndStored_AndTheEmulatorSaysWhyItCannotRunThem()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = Session.Invoke(Custom).Error;

        AssertError(error, MlErrorIds.DeploymentFailed, ErrorCategory.InvalidResult, "not supported by the emulator");
        MlDeployment failed = Assert.IsType<MlDeployment>(error.TargetObject);
        Assert.Equal((name, "green", MlProvisioningState.Failed, "score.py"), (failed.EndpointName, failed.Name, failed.ProvisioningState, failed.ScoringScript));
        Assert.Contains("/codes/", failed.CodeId!, StringComparison.Ordinal);
        Assert.Contains("/environments/CliV2AnonymousEnvironment/versions/", failed.EnvironmentId!, StringComparison.Ordinal);
        IReadOnlyList<string> lines = Assert.IsType<MlOperationException>(error.Exception).LogLines;
        Assert.Contains(lines, line => line.StartsWith("[storage-initializer]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("[inference-server]", StringComparison.Ordinal));
        Assert.Equal("blue=100 green=0", TrafficOf(name));
    }

    [Fact]
    public void TheSameCodeAgain_IsTheSameRegisteredCode()
    {
        EndpointWithBlue();

        string first = ((MlDeployment)Session.Invoke(Custom).Error.TargetObject).CodeId!;
        string second = ((MlDeployment)Session.Invoke(Custom + " -IfExists ReplaceFailed").Error.TargetObject).CodeId!;

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task WhatIf_UploadsAndRegistersNothing()
    {
        EndpointWithBlue();
        int before = await CountChangesAsync();
        Session.Host.TakeOutput();

        Session.Invoke(Custom + " -WhatIf").AssertSucceeded();

        Assert.Contains("upload code src, register an environment of image python:3.12", Session.Host.TakeOutput(), StringComparison.Ordinal);
        Assert.Equal(before, await CountChangesAsync());
    }

    [Theory]
    [InlineData("-Code ./src -ScoringScript score.py", MlErrorIds.ParameterConflict, "-Environment")]
    [InlineData("-Code ./src -ScoringScript other.py -Environment @{ Image = 'x' }", MlErrorIds.CodeInvalid, "other.py")]
    [InlineData("-Code ./none -ScoringScript score.py -Environment @{ Image = 'x' }", MlErrorIds.PathNotFound, "none")]
    [InlineData("-Environment @{ Image = 'x'; CondaFile = './none.yaml' }", MlErrorIds.PathNotFound, "none.yaml")]
    [InlineData("-Environment @{ Image = 'x'; Conda = './conda.yaml' }", MlErrorIds.EnvironmentInvalid, "'Conda'")]
    [InlineData("-Environment @{ Build = './src' }", MlErrorIds.EnvironmentInvalid, "Dockerfile")]
    [InlineData("-Environment nowhere:1", MlErrorIds.EnvironmentNotFound, "nowhere")]
    [InlineData("-ScaleSettings @{ MaxInstances = 3 }", MlErrorIds.ParameterInvalid, "Default only")]
    [InlineData("-Resource @{ Limits = @{ Cpu = 1 } }", MlErrorIds.ParameterInvalid, "Kubernetes")]
    [InlineData("-CaptureHeader x-one", MlErrorIds.ParameterConflict, "-DataCollector")]
    public async Task WhatCannotBe_IsRefusedBeforeAnything(string parameters, string id, string word)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 {parameters}");

        Assert.Equal(id, InvocationResult.IdOf(error));
        Assert.Contains(word, $"{error} {error.ErrorDetails?.RecommendedAction}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-ScaleSettings @{ Min = 1 }", "Min")]
    [InlineData("-ScaleSettings @{ MinInstances = 'some' }", "whole number")]
    [InlineData("-Resource @{ Requests = @{ Disk = 1 } }", "Disk")]
    [InlineData("-DataCollector @{ Collections = @{ a = 5 } }", "'a'")]
    public async Task Table_WithAMistake_IsRefusedByTheBinder(string parameter, string word)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 {parameter}");

        AssertError(error, "ParameterArgumentTransformationError", ErrorCategory.InvalidData, word);
    }

    [Fact]
    public void DataCollectorAndProbes_AreStoredAndShown()
    {
        EndpointWithBlue();

        MlDeployment deployment = Session.Invoke(
            """
            $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -StartupProbe @{ FailureThreshold = 9 } -ErrorAction Stop `
                -DataCollector @{ Collections = @{ model_inputs = @{ SamplingRate = 0.25 }; model_outputs = $false }; RollingRate = 'day' } -CaptureHeader x-one, x-two
            """).One<MlDeployment>();

        Assert.Equal(9, deployment.StartupProbe?.FailureThreshold);
        Assert.Equal((true, 0.25, false), (deployment.DataCollector!.Collections["model_inputs"].Enabled, deployment.DataCollector.Collections["model_inputs"].SamplingRate, deployment.DataCollector.Collections["model_outputs"].Enabled));
        Assert.Equal(("Day", "x-one x-two"), (deployment.DataCollector.RollingRate, string.Join(' ', deployment.DataCollector.CaptureHeaders!)));
    }

    [Fact]
    public void KubernetesEndpoint_ServesADeploymentThatScales()
    {
        string name = Fixture.UniqueName("k");

        MlDeployment deployment = Session.Invoke(
            """
            $endpoint = New-MlEndpoint $args[0] -Compute azureml:emulator-k8s -ErrorAction Stop
            $model = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop
            $model | New-MlDeployment blue -Endpoint $endpoint -AllTraffic -ErrorAction Stop `
                -ScaleSettings @{ MinInstances = 1; MaxInstances = 3; TargetUtilizationPercentage = 60; PollingInterval = '10s' } `
                -Resource @{ Requests = @{ Cpu = '0.1'; Memory = '0.5Gi' }; Limits = @{ Cpu = 1; Memory = '1Gi' } }
            """,
            name,
            ExampleModels.V1).One<MlDeployment>();

        Assert.Equal((MlComputeType.Kubernetes, MlProvisioningState.Succeeded, 100), (deployment.ComputeType, deployment.ProvisioningState, deployment.TrafficWeight));
        Assert.Equal((true, 1, 3, 60, TimeSpan.FromSeconds(10)), (
            deployment.ScaleSettings!.TargetUtilization, deployment.ScaleSettings.MinInstances, deployment.ScaleSettings.MaxInstances,
            deployment.ScaleSettings.TargetUtilizationPercentage, deployment.ScaleSettings.PollingInterval));
        Assert.Equal(("0.1", "1Gi"), (deployment.Resources!.RequestedCpu, deployment.Resources.MemoryLimit));
        MlEndpoint endpoint = Session.Invoke("Get-MlEndpoint $args[0]", name).One<MlEndpoint>();
        Assert.Equal(MlComputeType.Kubernetes, endpoint.ComputeType);
        Assert.EndsWith("/computes/emulator-k8s", endpoint.Compute, StringComparison.Ordinal);
        Assert.NotEmpty(Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0] -ErrorAction Stop", ExampleModels.SampleRequest).AssertSucceeded().Output);
    }

    [Fact]
    public async Task KubernetesEndpoint_CannotMirror()
    {
        string name = Fixture.UniqueName("k");
        Session.Invoke(
            """
            $endpoint = New-MlEndpoint $args[0] -Compute emulator-k8s -ErrorAction Stop
            $model = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop
            $model | New-MlDeployment blue -Endpoint $endpoint -AllTraffic -ErrorAction Stop
            $model | New-MlDeployment green -Endpoint $endpoint -ErrorAction Stop
            """,
            name,
            ExampleModels.V1).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Set-MlTraffic -MirrorTraffic @{ green = 10 }");

        AssertError(error, MlErrorIds.TrafficWeightsInvalid, ErrorCategory.InvalidArgument, "Kubernetes", "green=10");
    }

    [Fact]
    public void WithPackage_ServesTheModelFromAnEnvironment()
    {
        EndpointWithBlue();

        MlDeployment deployment = Session.Invoke(
            "$green = $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -WithPackage -ErrorAction Stop; $green").One<MlDeployment>();

        Assert.Equal((MlProvisioningState.Succeeded, (string?)null), (deployment.ProvisioningState, deployment.Model));
        Assert.Contains("/environments/packaged-env/versions/", deployment.EnvironmentId!, StringComparison.Ordinal);
        string[] answers = [.. Session.Invoke(
            "$blue, $green | ForEach-Object { $_ | Invoke-MlEndpoint -RequestFile $args[0] -Raw -ErrorAction Stop }".Replace("$args[0]", $"'{ExampleModels.SampleRequest}'", StringComparison.Ordinal))
            .AssertSucceeded().Output.Select(item => item.ToString())];
        Assert.Equal(2, answers.Length);
        Assert.Equal(answers[0], answers[1]);
    }

    [Theory]
    [InlineData("versions/1")]
    [InlineData("labels/latest")]
    public async Task ModelOfARegistry_Serves(string which)
    {
        string name = EndpointWithBlue();
        await PublishAsync(name);

        MlDeployment deployment = Session.Invoke(
            "$green = New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -Model \"azureml://registries/emulator-registry/models/$($args[0])/$($args[1])\" -ErrorAction Stop; $green",
            name,
            which).One<MlDeployment>();

        Assert.Equal(
            (MlProvisioningState.Succeeded, $"azureml://registries/emulator-registry/models/{name}/versions/1", name, "1"),
            (deployment.ProvisioningState, deployment.Model, deployment.ModelName, deployment.ModelVersion?.ToString()));
        Assert.NotEmpty(Session.Invoke("$green | Invoke-MlEndpoint -RequestFile $args[0] -ErrorAction Stop", ExampleModels.SampleRequest).AssertSucceeded().Output);
    }

    [Fact]
    public async Task WithPackage_OfWhatCannotBePackaged_IsRefused()
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync(
            "New-MlDeployment green -Endpoint $endpoint -InstanceType x -WithPackage -Model azureml://registries/r/models/m/versions/1");

        AssertError(error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "-WithPackage", "registries/r/models/m");
    }

    // Publishes version 1 of a model to the emulator's registry, and waits for it.
    private async Task PublishAsync(string name)
    {
        HttpClient http = Fixture.Emulator.Http;
        using StringContent body = new($$"""{"registryName":"emulator-registry","destinationName":"{{name}}","destinationVersion":"1"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage accepted = await http.PostAsync(
            new Uri($"{Fixture.Emulator.Connection.WorkspaceId}/models/{name}/versions/1/publish?api-version=2024-10-01", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        HttpStatusCode status;
        do
        {
            // Held until the operation is final, or about two seconds.
            using HttpResponseMessage answer = await http.GetAsync(accepted.Headers.Location);
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.Accepted);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"Publishing ended with {status}.");
    }
}
