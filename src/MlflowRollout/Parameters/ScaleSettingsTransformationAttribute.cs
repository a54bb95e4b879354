using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>
/// Turns a hashtable such as <c>@{ Type = 'TargetUtilization'; MinInstances = 1; MaxInstances = 4 }</c> into <see cref="MlScaleSettings"/>. The type may be left out
/// where one of the other keys is given.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ScaleSettingsTransformationAttribute : ArgumentTransformationAttribute
{
    private const string What = "scale settings";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = SettingsTable.Unwrap(inputData);
        if (value is null or MlScaleSettings)
        {
            return value;
        }

        SettingsTable table = value is string type
            ? SettingsTable.Read(What, new Dictionary<string, object?> { ["Type"] = type }, Keys)
            : SettingsTable.Read(What, value, Keys);
        return new MlScaleSettings
        {
            TargetUtilization = table.Text("Type")?.Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant() switch
            {
                "TARGETUTILIZATION" => true,
                "DEFAULT" => false,
                null => Keys.Any(key => key != "Type" && table.Value(key) is not null),
                _ => throw new ArgumentTransformationMetadataException($"'{table.Text("Type")}' is no type of {What}. There are Default and TargetUtilization."),
            },
            MinInstances = table.Number("MinInstances"),
            MaxInstances = table.Number("MaxInstances"),
            PollingInterval = table.Duration("PollingInterval"),
            TargetUtilizationPercentage = table.Number("TargetUtilizationPercentage"),
        };
    }

    private static string[] Keys => ["Type", "MinInstances", "MaxInstances", "PollingInterval", "TargetUtilizationPercentage"];
}
