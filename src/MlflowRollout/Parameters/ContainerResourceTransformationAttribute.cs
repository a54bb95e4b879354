using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>
/// Turns a hashtable such as <c>@{ Requests = @{ Cpu = '0.5'; Memory = '1Gi' }; Limits = @{ Cpu = '1'; Memory = '2Gi' } }</c> into <see cref="MlContainerResources"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ContainerResourceTransformationAttribute : ArgumentTransformationAttribute
{
    // The name of the definition files.
    private const string GpuOfKubernetes = "nvidia.com/gpu";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = SettingsTable.Unwrap(inputData);
        if (value is null or MlContainerResources)
        {
            return value;
        }

        SettingsTable table = SettingsTable.Read("the resources of a container", value, "Requests", "Limits");
        SettingsTable? requests = Part(table, "Requests");
        SettingsTable? limits = Part(table, "Limits");
        return new MlContainerResources
        {
            RequestedCpu = requests?.Text("Cpu"),
            RequestedMemory = requests?.Text("Memory"),
            RequestedGpu = requests?.Text("Gpu") ?? requests?.Text(GpuOfKubernetes),
            CpuLimit = limits?.Text("Cpu"),
            MemoryLimit = limits?.Text("Memory"),
            GpuLimit = limits?.Text("Gpu") ?? limits?.Text(GpuOfKubernetes),
        };
    }

    private static SettingsTable? Part(SettingsTable table, string key) =>
        table.Value(key) is { } value ? SettingsTable.Read($"the {key.ToLowerInvariant()} of a container", value, "Cpu", "Memory", "Gpu", GpuOfKubernetes) : null;
}
