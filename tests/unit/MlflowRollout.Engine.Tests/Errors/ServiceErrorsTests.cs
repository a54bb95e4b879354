using System.Text.Json.Nodes;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using Xunit;

namespace MlflowRollout.Engine.Tests.Errors;

/// <summary>Every known error of the service, as users saw it: one line of cause, a way out, the correlation id and the answer itself.</summary>
public sealed class ServiceErrorsTests : IDisposable
{
    private const string Correlation = "11111111-2222-3333-4444-555555555555";

    private const string Quota = """{\"errors\":{\"VmSize\":[\"Not enough quota available for Standard_F4s_v2 in SubscriptionId 00000000-0000-0000-0000-000000000000. Current usage/limit: 0/6. Additional needed: 8\"]},\"type\":\"https://tools.ietf.org/html/rfc7231#section-6.5.1\",\"title\":\"One or more validation errors occurred.\",\"status\":400,\"traceId\":\"00-1-2-00\"}""";

    private readonly TestWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    public static TheoryData<int, string, string, string, string> Answers => new()
    {
        // status, body, error id, cause as the message has it, words of the way out
        { 404, """{"error":{"code":"UserError","message":"Deployment green not found in endpoint heart, workspace space","additionalInfo":[{"type":"MessageParameters","info":{"value":{"deploymentName":"green"}}}]}}""", MlErrorIds.RequestRefused, "(404, UserError): Deployment green not found in endpoint heart, workspace space.", "names" },
        { 404, """{"error":{"code":"NotFound","message":"The specified resource was not found.","details":[{"code":"InferencingClientCallFailed","message":"{\"title\":\"Not Found\"}"}]}}""", MlErrorIds.RequestRefused, "(404, NotFound): The specified resource was not found.", "what it names exist" },
        { 400, $$$$$"""{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed","message":"InferencingClient HttpRequest error, error detail: {{{{{Quota}}}}}"}]}}""", MlErrorIds.RequestRefused, "(400, BadRequest): VmSize: Not enough quota available for Standard_F4s_v2 in SubscriptionId 00000000-0000-0000-0000-000000000000. Current usage/limit: 0/6. Additional needed: 8.", "quota" },
        { 400, $$$$$"""{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed","message":"InferencingClient HttpRequest error, error detail: {{{{{Quota}}}}} at Some.Class"}]}}""", MlErrorIds.RequestRefused, "(400, BadRequest): VmSize: Not enough quota available", "quota" },
        { 400, """{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed","message":"InferencingClient HttpRequest error, error detail: {\"errors\":{\"InferenceContainerConfiguration.ServingContainer.LivenessProbe.PeriodSeconds\":[\"Invalid value provided for Period Seconds for Probe: <1200>. The value should be less than 300.\"]},\"title\":\"One or more validation errors occurred.\",\"status\":400}"}]}}""", MlErrorIds.RequestRefused, "InferenceContainerConfiguration.ServingContainer.LivenessProbe.PeriodSeconds: Invalid value provided for Period Seconds for Probe: <1200>. The value should be less than 300.", "-LivenessProbe" },
        { 400, """{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed","message":"InferencingClient HttpRequest error, error detail: {\"errors\":{\"\":[\"There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.\"]},\"title\":\"One or more validation errors occurred.\",\"status\":400}"}]}}""", MlErrorIds.RequestRefused, "(400, BadRequest): There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.", "-UniqueSuffix" },
        { 409, """{"error":{"code":"Conflict","message":"Cannot create a deployment in endpoint heart because it is in Updating provisioning state."}}""", MlErrorIds.ResourceConflict, "(409, Conflict): Cannot create a deployment in endpoint heart because it is in Updating provisioning state.", "Wait-MlEndpoint" },
        { 409, """{"error":{"code":"SubscriptionNotRegistered","message":"Resource provider [N/A] isn't registered with Subscription [N/A]."}}""", MlErrorIds.ResourceConflict, "(409, SubscriptionNotRegistered): Resource provider [N/A] isn't registered", "Microsoft.MachineLearningServices" },
        { 400, """{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"KubernetesUnaccessible","message":"Kubernetes error: AuthenticationException. Reason: InvalidCertificate"}]}}""", MlErrorIds.RequestRefused, "(400, BadRequest): Kubernetes error: AuthenticationException. Reason: InvalidCertificate.", "cluster" },
        { 404, """{"error":{"code":"ResourceNotFound","message":"Failed to get files.","details":[{"code":"StorageManifestError","message":"BlobContainerNotFound: the container is gone\n   at Microsoft.MachineLearning.Storage.Get()\n   at Other.Call()"}]}}""", MlErrorIds.RequestRefused, "Failed to get files. BlobContainerNotFound: the container is gone.", "storage" },
        { 400, """{"error":{"code":"BadRequest","message":"The request is invalid.","details":[{"code":"InferencingClientCreateDeploymentFailed","message":"InferencingClient HttpRequest error, error detail: {\"errors\":{\"InferenceContainerConfiguration.ServingContainer.Image\":[\"'Image' must not be empty.\"]},\"status\":400}"}]}}""", MlErrorIds.RequestRefused, "InferenceContainerConfiguration.ServingContainer.Image: 'Image' must not be empty.", "environment" },
        { 500, """{"error":{"code":"InternalServerError","message":"Object reference not set to an instance of an object., internal stacktrace [  at A.B()\n at C.D()]"}}""", MlErrorIds.ServiceUnavailable, "(500, InternalServerError): Object reference not set to an instance of an object.", "correlation id" },
        { 401, """{"error":{"code":"InvalidAuthenticationToken","message":"The access token is invalid."}}""", MlErrorIds.AuthenticationFailed, "(401, InvalidAuthenticationToken): The access token is invalid.", "Connect-MlWorkspace" },
        { 401, """{"error":{"code":"ExpiredAuthenticationToken","message":"The access token expiry UTC time is earlier than current UTC time."}}""", MlErrorIds.AuthenticationFailed, "(401, ExpiredAuthenticationToken): ", "Connect-MlWorkspace" },
        { 403, """{"error":{"code":"AuthorizationFailed","message":"The client 'me' does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read'."}}""", MlErrorIds.AccessDenied, "onlineEndpoints/read", "role" },
        { 404, """{"error":{"code":"ResourceGroupNotFound","message":"Resource group 'group' could not be found."}}""", MlErrorIds.RequestRefused, "(404, ResourceGroupNotFound): Resource group 'group' could not be found.", "resource group" },
        { 404, """{"error":{"code":"SubscriptionNotFound","message":"The subscription could not be found."}}""", MlErrorIds.RequestRefused, "The subscription could not be found.", "tenant" },
        { 404, """{"error":{"code":"ParentResourceNotFound","message":"Can not perform requested operation on nested resource. Parent resource 'heart' not found."}}""", MlErrorIds.RequestRefused, "Parent resource 'heart' not found.", "New-MlEndpoint" },
        { 400, """{"error":{"code":"MissingApiVersionParameter","message":"The api-version query parameter (?api-version=) is required for all requests."}}""", MlErrorIds.RequestRefused, "(400, MissingApiVersionParameter): ", "proxy" },
        { 400, """{"error":{"code":"InvalidApiVersionParameter","message":"The api-version '1' is invalid."}}""", MlErrorIds.RequestRefused, "(400, InvalidApiVersionParameter): ", "update the module" },
        { 400, """{"error":{"code":"InvalidRequestContent","message":"The request content was invalid."}}""", MlErrorIds.RequestRefused, "(400, InvalidRequestContent): The request content was invalid.", "-AdditionalProperty" },
        { 429, """{"error":{"code":"TooManyRequests","message":"Too many requests."}}""", MlErrorIds.ServiceThrottled, "(429, TooManyRequests): Too many requests.", "Wait" },
        { 400, """{"error":{"code":"BadRequest","message":"Bad.","additionalInfo":[{"type":"InnerError","info":{"value":{"code":"BadArgument","innerError":{"code":"OutOfQuota"}}}}]}}""", MlErrorIds.RequestRefused, "(400, BadRequest): Bad.", "quota" },
        { 502, "<html>\n<body>Bad Gateway</body>\n</html>", MlErrorIds.ServiceUnavailable, "(502): <html> <body>Bad Gateway</body> </html>.", "later" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_OfTheControlPlane_IsOneLineWithAWayOut(int status, string body, string id, string cause, string way)
    {
        _workspace.Arm.Intercept = (request, _) => request.Method == HttpMethod.Get
            ? new HttpResponseMessage((System.Net.HttpStatusCode)status)
            {
                Content = new StringContent(body),
                Headers = { { "x-ms-correlation-request-id", Correlation } },
            }
            : null;

        // A list has no rule of its own for what is absent.
        MlException error = await Assert.ThrowsAnyAsync<MlException>(async () =>
        {
            await foreach (MlModel _ in _workspace.Connection.Models.ListAsync(new MlModelQuery(), CancellationToken.None))
            {
                Assert.Fail("There is no answer.");
            }
        });

        Assert.Equal(id, error.ErrorId);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("stacktrace", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
        Assert.Contains(way, error.RecommendedAction ?? "(none)", StringComparison.Ordinal);
        Assert.Equal((status, Correlation, body), (error.StatusCode, error.CorrelationId, error.RawBody));
    }

    [Theory]
    [InlineData("ImageBuildFailure", "image build log")]
    [InlineData("OutOfQuota", "quota")]
    [InlineData("BadArgument", "named value")]
    [InlineData("ResourceNotReady", "Get-MlDeploymentLog")]
    [InlineData("ResourceNotFound", "exists")]
    [InlineData("WorkspaceManagedNetworkNotReady", "managed network")]
    [InlineData("OperationCanceled", "again")]
    [InlineData("SecretsInjectionError", "secrets")]
    [InlineData("InternalServerError", "AcrPull")]
    [InlineData("ModelRegistryError", "model version")]
    [InlineData("DeploymentFailed", "Get-MlDeploymentLog")]
    [InlineData("SubscriptionNotRegistered", "Microsoft.MachineLearningServices")]
    [InlineData("MissingDriverProgram", "MLflow inference server")]
    [InlineData("ACRSecretError", "AcrPull")]
    [InlineData("TokenRefreshFailed", "Entra")]
    [InlineData("GetAADTokenFailed", "token")]
    [InlineData("ACRAuthenticationChallengeFailed", "AcrPull")]
    [InlineData("ACRTokenExchangeFailed", "AcrPull")]
    [InlineData("KubernetesUnaccessible", "cluster")]
    [InlineData("ImagePullLoopBackOff", "AcrPull")]
    [InlineData("DeploymentCrashLoopBackOff", "Get-MlDeploymentLog")]
    [InlineData("KubernetesCrashLoopBackOff", "Get-MlDeploymentLog")]
    [InlineData("UserScriptInitFailed", "scoring script")]
    [InlineData("UserScriptImportError", "package")]
    [InlineData("UserScriptFunctionNotFound", "init()")]
    [InlineData("NamespaceNotFound", "namespace")]
    [InlineData("EndpointNotFound", "New-MlEndpoint")]
    [InlineData("EndpointAlreadyExists", "-UniqueSuffix")]
    [InlineData("ScoringFeUnhealthy", "azureml-fe")]
    [InlineData("ValidateScoringFailed", "azureml-fe")]
    [InlineData("InvalidDeploymentSpec", "named value")]
    [InlineData("PodUnschedulable", "nodes")]
    [InlineData("PodOutOfMemory", "memory")]
    [InlineData("InferencingClientCallFailed", "exist")]
    [InlineData("SomethingNew", "Get-MlDeploymentLog")]
    public async Task Deployment_ThatFails_SaysCauseWayOutAndBothLogs(string code, string way)
    {
        _workspace.Arm.AddEndpoint("heart", """{"blue":100}""", deployments: ["blue"]);
        _workspace.Arm.AddModel("heart", "1");
        _workspace.Arm.FailureOf = _ => (JsonObject)JsonNode.Parse($$$$$"""
            {"code":"{{{{{code}}}}}","message":"It went wrong., internal stacktrace [ at X.Y() ]","additionalInfo":[{"type":"Correlation","info":{"value":{"operation":"op-1","request":"r-1"}}}]}
            """)!;

        MlOperationException error = await Assert.ThrowsAsync<MlOperationException>(() => _workspace.Connection.Deployments.CreateAsync(
            new MlDeploymentSpecification { EndpointName = "heart", Name = "green", Settings = new MlDeploymentSettings { ModelReference = "heart:1", InstanceType = "Standard_DS3_v2" } },
            _workspace.Context,
            CancellationToken.None));

        string firstLine = error.Message.ReplaceLineEndings("\n").Split('\n')[0];
        Assert.Equal($"Creating deployment heart/green in workspace space failed ({code}): It went wrong. Last log lines:", firstLine);
        Assert.Equal((MlErrorIds.DeploymentFailed, code, "correlation-1"), (error.ErrorId, error.ServiceErrorCode, error.CorrelationId));
        Assert.Contains(way, error.RecommendedAction ?? "(none)", StringComparison.Ordinal);
        Assert.Contains("\"internal stacktrace", error.RawBody!.Replace("It went wrong., ", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("green", Assert.IsType<MlDeployment>(error.Target).Name);
        Assert.Contains(error.LogLines, line => line.StartsWith("[storage-initializer]", StringComparison.Ordinal));
        Assert.Contains(error.LogLines, line => line.StartsWith("[inference-server]", StringComparison.Ordinal));
    }
}
