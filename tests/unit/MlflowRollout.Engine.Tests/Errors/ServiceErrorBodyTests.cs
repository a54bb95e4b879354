using MlflowRollout.Engine.Errors;
using Xunit;

namespace MlflowRollout.Engine.Tests.Errors;

public class ServiceErrorBodyTests
{
    [Fact]
    public void Read_ProblemInsideADetail_ShowsFieldsAndReasons()
    {
        ServiceErrorBody error = ServiceErrorBody.Read("""
            {"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed",
             "message":"InferencingClient HttpRequest error, error detail: {\"errors\":{\"VmSize\":[\"Not enough quota available for Standard_F4s_v2.\"]},\"title\":\"One or more validation errors occurred.\",\"status\":400}"}]}}
            """);

        Assert.Equal("VmSize: Not enough quota available for Standard_F4s_v2.", error.Message);
        Assert.Equal(["BadRequest", "InferencingClientCreateDeploymentFailed"], error.Codes);
    }

    [Fact]
    public void Read_NestedDetails_GoesToTheBottom()
    {
        ServiceErrorBody error = ServiceErrorBody.Read(
            """{"error":{"code":"NotFound","message":"The specified resource was not found.","details":[{"code":"A","message":"Outer","details":[{"code":"B","message":"Inner cause"}]}]}}""");

        Assert.Equal("Outer. Inner cause.", error.Message);
    }

    [Fact]
    public void Read_StackTrace_IsStripped() =>
        Assert.Equal(
            "Object reference not set to an instance of an object.",
            ServiceErrorBody.Read("""{"error":{"code":"InternalServerError","message":"Object reference not set to an instance of an object., internal stacktrace [  at X.Y()]"}}""").Message);

    [Theory]
    [InlineData("""{"error":{"code":"X","message":"the \"primaryKey\":\"planted\" was refused"}}""")]
    [InlineData("""{"error":{"code":"X","message":"https://a.blob.core.windows.net/c?sv=1&sig=planted%3D&se=2 failed"}}""")]
    [InlineData("""{"error":{"code":"X","message":"Authorization: Bearer planted"}}""")]
    [InlineData("""{"error":{"code":"X","message":"AccountKey=planted;EndpointSuffix=x"}}""")]
    [InlineData("plain Bearer planted text")]
    public void Read_Secret_IsRemoved(string body) => Assert.DoesNotContain("planted", ServiceErrorBody.Read(body).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"error":null}""")]
    [InlineData("""{"error":{"details":[null,1]}}""")]
    public void Read_OddBody_NeverThrows(string body) => Assert.NotNull(ServiceErrorBody.Read(body).Message);
}
