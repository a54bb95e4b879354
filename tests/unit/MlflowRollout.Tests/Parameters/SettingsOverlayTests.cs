using System.Reflection;
using MlflowRollout.Definitions;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Tests.Parameters;

public class SettingsOverlayTests
{
    // A file says these elsewhere, or not at all.
    private static readonly string[] NotOfAFile =
    [
        nameof(MlDeploymentSettings.Model), nameof(MlDeploymentSettings.ModelReference), nameof(MlDeploymentSettings.ModelToRegister), nameof(MlDeploymentSettings.ComputeType),
        nameof(MlDeploymentSettings.AdditionalProperties), nameof(MlDeploymentSettings.DataCollectorCollections), nameof(MlDeploymentSettings.DataCollectorSamplingRate),
    ];

    public static TheoryData<string> Settings => new(typeof(MlDeploymentSettings).GetProperties().Select(property => property.Name).Except(NotOfAFile));

    [Theory]
    [MemberData(nameof(Settings))]
    public void Over_ValueOfTheFileAlone_Stays(string setting)
    {
        PropertyInfo property = typeof(MlDeploymentSettings).GetProperty(setting)!;
        var file = new MlDeploymentSettings();
        object value = Sample(property.PropertyType, 1);
        property.SetValue(file, value);

        Assert.NotNull(property.GetValue(SettingsOverlay.Over(Definition(file), new MlDeploymentSettings())));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Over_TypedValue_Wins(string setting)
    {
        PropertyInfo property = typeof(MlDeploymentSettings).GetProperty(setting)!;
        var file = new MlDeploymentSettings();
        var typed = new MlDeploymentSettings();
        property.SetValue(file, Sample(property.PropertyType, 1));
        property.SetValue(typed, Sample(property.PropertyType, 2));

        object? merged = property.GetValue(SettingsOverlay.Over(Definition(file), typed));

        Assert.Equivalent(Sample(property.PropertyType, 2), merged);
    }

    [Fact]
    public void Over_Maps_ArePutTogether()
    {
        var file = new MlDeploymentSettings { Tags = new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" } };
        var typed = new MlDeploymentSettings { Tags = new Dictionary<string, string?> { ["B"] = null, ["c"] = "3" } };

        IReadOnlyDictionary<string, string?> tags = SettingsOverlay.Over(Definition(file), typed).Tags!;

        Assert.Equal([("B", null), ("a", "1"), ("c", "3")], tags.Select(tag => (tag.Key, tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Over_ModelOfTheFile_IsRegisteredUnlessAnotherIsGiven()
    {
        MlDeploymentDefinition definition = new()
        {
            Path = "f", Settings = new MlDeploymentSettings(), InlineModel = new MlModelDefinition { File = "f", Source = "/models/heart" },
        };

        MlModelRegistration registered = SettingsOverlay.Over(definition, new MlDeploymentSettings()).ModelToRegister!;

        Assert.Equal(("/models/heart", true), (registered.Source, registered.IsAnonymous));
        Assert.Null(SettingsOverlay.Over(definition, new MlDeploymentSettings { ModelReference = "azureml:a:1" }).ModelToRegister);
        Assert.Null(SettingsOverlay.Over(definition, new MlDeploymentSettings { Model = new MlModel { Name = "a" } }).ModelToRegister);
    }

    [Fact]
    public void Over_DataCollector_IsMergedByCollection()
    {
        var file = new MlDeploymentSettings
        {
            DataCollector = new MlDataCollectorSettings
            {
                Collections = new Dictionary<string, MlDataCollection> { ["model_inputs"] = new() { Enabled = false }, ["model_outputs"] = new() },
                SamplingRate = 0.5,
                RollingRate = "Day",
            },
        };
        var typed = new MlDeploymentSettings
        {
            DataCollector = new MlDataCollectorSettings { Collections = new Dictionary<string, MlDataCollection> { ["model_inputs"] = new() } }, DataCollectorSamplingRate = 0.1,
        };

        MlDataCollectorSettings collector = SettingsOverlay.Over(Definition(file), typed).DataCollector!;

        Assert.Equal(["model_inputs", "model_outputs"], collector.Collections.Keys.Order());
        Assert.True(collector.Collections["model_inputs"].Enabled);
        Assert.Equal((0.1, "Day"), (collector.SamplingRate, collector.RollingRate));
    }

    private static MlDeploymentDefinition Definition(MlDeploymentSettings settings) => new() { Path = "f", Settings = settings };

    private static object Sample(Type type, int number)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => $"value {number}",
            _ when type == typeof(int) => number,
            _ when type == typeof(double) => number / 10.0,
            _ when type == typeof(bool) => number == 1,
            _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(number),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(number - 1)!,
            _ when type == typeof(IReadOnlyDictionary<string, string?>) => new Dictionary<string, string?> { ["key"] = $"value {number}" },
            _ when type == typeof(MlProbe) => new MlProbe { Period = TimeSpan.FromSeconds(number) },
            _ when type == typeof(MlCodeSettings) => new MlCodeSettings { Source = $"/code/{number}" },
            _ when type == typeof(MlEnvironmentSettings) => new MlEnvironmentSettings { Image = $"image:{number}" },
            _ when type == typeof(MlScaleSettings) => new MlScaleSettings { MaxInstances = number },
            _ when type == typeof(MlContainerResources) => new MlContainerResources { CpuLimit = $"{number}" },
            _ when type == typeof(MlDataCollectorSettings) => new MlDataCollectorSettings { RollingRate = number == 1 ? "Day" : "Hour" },
            _ => throw new NotSupportedException($"Say how a sample of {type} is made."),
        };
    }
}
