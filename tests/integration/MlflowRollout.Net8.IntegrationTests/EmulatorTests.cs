using System.Diagnostics;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Net8.IntegrationTests;

/// <summary>The emulator as it ships, run by a <c>dotnet</c> that has .NET 8 alone.</summary>
public sealed class EmulatorTests
{
    [SkippableFact]
    public async Task RolloutScript_AgainstAnEmulatorOnNet8_EndsWell()
    {
        using TemporaryFolder home = new();
        await using EmulatorProcess emulator = await StartAsync(home);
        AssertRunsOnNet8(emulator);
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            "& $args[0] -Workspace @{ Emulator = $true; ConnectionFile = $args[1] }", Path.Combine(ExampleModels.HeartClassifier, "rollout.ps1"), emulator.ConnectionFile);

        result.AssertSucceeded();
        Assert.Contains(result.Output, static line => line.ToString().StartsWith("Version 2 is in service", StringComparison.Ordinal));
        await emulator.StopAsync();
    }

    [SkippableFact]
    public async Task PythonFlavor_OnNet8_AnswersAsTheOnnxFlavor()
    {
        Net8Runtime.RequireDotNet();
        Requirement.PythonModules("sklearn", "xgboost");
        using TemporaryFolder home = new();
        await using EmulatorProcess emulator = await StartAsync(home);
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            """
            $null = Connect-MlWorkspace -Emulator -ConnectionFile $args[0]
            $endpoint = New-MlEndpoint heart-on-eight
            $model = Register-MlModel heart -Path $args[1]
            foreach ($flavor in 'onnx', 'sklearn') {
                $deployment = $model | New-MlDeployment $flavor -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_FLAVOR = $flavor }
                -join ($deployment | Invoke-MlEndpoint -RequestFile $args[2] | ForEach-Object Prediction)
            }
            Disconnect-MlWorkspace
            """,
            emulator.ConnectionFile,
            ExampleModels.V2,
            ExampleModels.SampleRequest);

        Assert.Equal(["0110", "0110"], result.Values());
        await emulator.StopAsync();
    }

    private static async Task<EmulatorProcess> StartAsync(TemporaryFolder home) => await EmulatorProcess.StartAsync(
        new EmulatorOptions { DotNet = Net8Runtime.RequireDotNet(), Environment = Net8Runtime.Environment(home) });

    private static void AssertRunsOnNet8(EmulatorProcess emulator)
    {
        using Process process = Process.GetProcessById(emulator.Id);
        string? runtime = process.Modules.Cast<ProcessModule>().FirstOrDefault(static module => module.ModuleName.Contains("coreclr", StringComparison.OrdinalIgnoreCase))?.FileName;
        Assert.StartsWith(Net8Runtime.Root, runtime, StringComparison.Ordinal);
    }
}
