using MlflowRollout.Engine.Environments;
using Xunit;

namespace MlflowRollout.Engine.Tests.Environments;

public sealed class EnvironmentReferenceTests
{
    private const string Id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/environments/env/versions/3";

    [Theory]
    [InlineData("azureml:env:3", nameof(EnvironmentReferenceKind.Version), "azureml:env:3", "env", "3")]
    [InlineData("env:3", nameof(EnvironmentReferenceKind.Version), "env:3", "env", "3")]
    [InlineData("azureml:env@latest", nameof(EnvironmentReferenceKind.Latest), "azureml:env@latest", "env", null)]
    [InlineData("env@latest", nameof(EnvironmentReferenceKind.Latest), "env@latest", "env", null)]
    [InlineData(Id, nameof(EnvironmentReferenceKind.ResourceId), Id, "env", "3")]
    [InlineData("azureml:" + Id, nameof(EnvironmentReferenceKind.ResourceId), Id, "env", "3")]
    [InlineData("AzureML-sklearn-1.0-ubuntu20.04-py38-cpu:1", nameof(EnvironmentReferenceKind.PassThrough), "azureml:AzureML-sklearn-1.0-ubuntu20.04-py38-cpu:1", "", null)]
    [InlineData("azureml:AzureML-sklearn:1", nameof(EnvironmentReferenceKind.PassThrough), "azureml:AzureML-sklearn:1", "", null)]
    [InlineData("azureml://registries/r/environments/env/versions/3", nameof(EnvironmentReferenceKind.PassThrough), "azureml://registries/r/environments/env/versions/3", "", null)]
    [InlineData("azureml://locations/l/workspaces/guid/environments/env/versions/3", nameof(EnvironmentReferenceKind.PassThrough), "azureml://locations/l/workspaces/guid/environments/env/versions/3", "", null)]
    [InlineData("azureml://registries/r/environments/env/labels/latest", nameof(EnvironmentReferenceKind.RegistryLatest), "azureml://registries/r/environments/env/labels/latest", "env", null)]
    public void Parse_KnownForm_IsRead(string text, string kind, string sent, string name, string? version)
    {
        EnvironmentReference reference = EnvironmentReference.Parse(text);

        Assert.Equal((kind, sent, name, version), (reference.Kind.ToString(), reference.Text, reference.Name, reference.Version));
    }

    [Theory]
    [InlineData("env", "azureml:env@latest")]
    [InlineData("env@newest", "@latest")]
    [InlineData("azureml://registries/r/models/env/versions/3", "no uri of an environment")]
    [InlineData("/subscriptions/s/resourceGroups/g", "no resource id")]
    [InlineData("a b:1", "known forms")]
    public void Parse_AnythingElse_SaysWhatIsWrong(string text, string expected)
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => EnvironmentReference.Parse(text));

        Assert.Equal(MlErrorIds.EnvironmentReferenceInvalid, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
