using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.ConvertToMlModelRequest;

public sealed class ConvertToMlModelRequestTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string Expected =
        """{"input_data":{"columns":["age","sex","cp","trestbps","chol","fbs","restecg","thalach","exang","oldpeak","slope","ca","thal"],"index":[0],"data":[[56,1,4,129,216,0,0,143,1,1.2,1,3,"reversible"]]}}""";

    [Theory]
    [InlineData("$model")]
    [InlineData("-Model $model.Reference")]
    [InlineData("-Endpoint $endpoint")]
    [InlineData("-Endpoint $endpoint -Deployment blue")]
    [InlineData("-Deployment $blue")]
    [InlineData("-Path $args[1]")]
    [InlineData("-LiteralPath $args[1]")]
    [InlineData("-ColumnType ([ordered]@{ age = 'long'; sex = 'long'; cp = 'long'; trestbps = 'long'; chol = 'long'; fbs = 'long'; restecg = 'long'; thalach = 'long'; exang = 'long'; oldpeak = 'double'; slope = 'long'; ca = 'long'; thal = 'string' })")]
    public void EverySource_GivesTheSameRequest(string source)
    {
        EndpointWithBlue();

        MlModelRequest request = Session.Invoke($"(Import-Csv $args[0])[0] | ConvertTo-MlModelRequest {source}", ExampleModels.Rows, ExampleModels.V1).One<MlModelRequest>();

        Assert.Equal((1, Expected), (request.RowCount, request.Body));
    }

    [Fact]
    public void BadCell_SpoilsTheRequest_WithRowAndColumn()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("$rows = Import-Csv $args[0] | Select-Object -First 3; $rows[1].age = 'x'; $rows | ConvertTo-MlModelRequest $model", ExampleModels.Rows);

        Assert.Empty(result.Output);
        AssertError(result.Error, MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "row 2", "'age'");
    }

    [Theory]
    [InlineData("(Import-Csv $args[0])[0] | Select-Object *, extra | ConvertTo-MlModelRequest $model -Strict", MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "'extra'")]
    [InlineData("@{ a = 1 } | ConvertTo-MlModelRequest -ColumnType @{ a = 'number' }", MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "'number'")]
    [InlineData("@{ a = 1 } | ConvertTo-MlModelRequest -ColumnType @{}", MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "-ColumnType")]
    [InlineData("@{ a = 1 } | ConvertTo-MlModelRequest no-such-model", MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, "no-such-model")]
    [InlineData("@{ a = 1 } | ConvertTo-MlModelRequest -Path ./no-such-folder", MlErrorIds.PathNotFound, ErrorCategory.ObjectNotFound, "no-such-folder")]
    [InlineData("$blue | ConvertTo-MlModelRequest $model", MlErrorIds.RowInvalid, ErrorCategory.InvalidArgument, "$rows | ConvertTo-MlModelRequest")]
    public void Mistakes_AreNamed(string script, string id, ErrorCategory category, string word)
    {
        EndpointWithBlue();

        AssertError(Session.Invoke(script, ExampleModels.Rows).Error, id, category, word);
    }
}
