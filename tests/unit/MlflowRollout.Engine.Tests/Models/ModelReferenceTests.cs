using MlflowRollout.Engine.Models;
using Xunit;

namespace MlflowRollout.Engine.Tests.Models;

public class ModelReferenceTests
{
    private const string Id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/heart/versions/3";

    [Theory]
    [InlineData("azureml:heart:3", "Version", "heart", "3")]
    [InlineData("heart:1.2.0", "Version", "heart", "1.2.0")]
    [InlineData("azureml:heart@latest", "Latest", "heart", null)]
    [InlineData("heart@LATEST", "Latest", "heart", null)]
    [InlineData("heart", "Latest", "heart", null)]
    [InlineData("models:/heart/3", "Version", "heart", "3")]
    [InlineData("models:/heart/latest", "Latest", "heart", null)]
    [InlineData(Id, "ResourceId", "heart", "3")]
    [InlineData("azureml:" + Id, "ResourceId", "heart", "3")]
    [InlineData("azureml://registries/R/models/N/versions/V", "PassThrough", "", null)]
    [InlineData("azureml://registries/R/models/N/labels/latest", "RegistryLatest", "N", null)]
    public void Parse_KnownForm_IsRead(string text, string kind, string name, string? version)
    {
        ModelReference reference = ModelReference.Parse(text);

        Assert.Equal((kind, name, version), (reference.Kind.ToString(), reference.Name, reference.Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("heart@champion")]
    [InlineData("models:/heart@champion")]
    [InlineData("models:/heart")]
    [InlineData("runs:/abc/model")]
    [InlineData("../heart:1")]
    [InlineData("heart/1")]
    [InlineData("/subscriptions/s/resourceGroups/g")]
    public void Parse_OtherForm_IsRefusedWithTheForms(string text)
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => ModelReference.Parse(text));

        Assert.Equal(MlErrorIds.ModelReferenceInvalid, error.ErrorId);
        Assert.Contains("azureml:name:version", error.RecommendedAction!, StringComparison.Ordinal);
    }
}
