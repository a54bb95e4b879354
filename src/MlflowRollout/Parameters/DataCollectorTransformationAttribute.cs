using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>
/// Turns names of collections (<c>'model_inputs', 'model_outputs'</c>), or a hashtable such as
/// <c>@{ Collections = @{ model_inputs = @{ SamplingRate = 0.5 }; model_outputs = $true }; RollingRate = 'Day' }</c>, into <see cref="MlDataCollectorSettings"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DataCollectorTransformationAttribute : ArgumentTransformationAttribute
{
    private const string What = "a data collector";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = SettingsTable.Unwrap(inputData);
        switch (value)
        {
            case null or MlDataCollectorSettings:
                return value;
            case string name:
                return Named([name]);
            case IDictionary:
                SettingsTable table = SettingsTable.Read(What, value, "Collections", "SamplingRate", "RollingRate", "CaptureHeaders");
                return new MlDataCollectorSettings
                {
                    Collections = table.Value("Collections") is IDictionary collections
                        ? collections.Entries().ToDictionary(entry => entry.Key.ToString()!, entry => Collection(entry.Key.ToString()!, SettingsTable.Unwrap(entry.Value)))
                        : Named(table.Texts("Collections") ?? []).Collections,
                    SamplingRate = table.Share("SamplingRate"),
                    RollingRate = table.Text("RollingRate"),
                    CaptureHeaders = table.Texts("CaptureHeaders"),
                };
            case IEnumerable names:
                return Named([.. names.Cast<object?>().Select(item => Convert.ToString(SettingsTable.Unwrap(item), CultureInfo.InvariantCulture) ?? string.Empty)]);
            default:
                throw new ArgumentTransformationMetadataException($"'{value}' is not {What}. Give the names of its collections, such as model_inputs, or a hashtable.");
        }
    }

    private static MlDataCollectorSettings Named(IReadOnlyList<string> names)
    {
        if (names.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentTransformationMetadataException("The name of a collection is empty. Give names such as model_inputs and model_outputs.");
        }

        return new MlDataCollectorSettings { Collections = names.Distinct(StringComparer.Ordinal).ToDictionary(name => name, _ => new MlDataCollection()) };
    }

    private static MlDataCollection Collection(string name, object? value)
    {
        if (value is not IDictionary)
        {
            return new MlDataCollection
            {
                Enabled = value is null || (bool.TryParse(value.ToString(), out bool flag)
                    ? flag
                    : throw new ArgumentTransformationMetadataException($"The collection '{name}' is '{value}'. It is $true, $false, or a hashtable.")),
            };
        }

        string what = $"the collection '{name}'";
        SettingsTable table = SettingsTable.Read(what, value, "Enabled", "SamplingRate", "ClientId", "Data");
        SettingsTable? data = table.Value("Data") is IDictionary map ? SettingsTable.Read($"the data asset of {what}", map, "Name", "Path", "Version") : null;
        return new MlDataCollection
        {
            Enabled = table.Flag("Enabled") ?? true,
            SamplingRate = table.Share("SamplingRate"),
            ClientId = table.Text("ClientId"),
            DataId = data is null ? table.Text("Data") : null,
            DataName = data?.Text("Name"),
            DataPath = data?.Text("Path"),
            DataVersion = data?.Text("Version"),
        };
    }
}
