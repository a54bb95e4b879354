using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.NewMlDeployment;

/// <summary>Deployments that the service fails, with the codes that it uses for managed endpoints: cause, way out and log of each.</summary>
public sealed class FailureTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private static readonly (string Code, string Message, string WayOut)[] Failures =
    [
        ("ImageBuildFailure", "Image build failed.", "image build log"),
        ("OutOfQuota", "Not enough quota available for Standard_DS2_v2. Current usage/limit: 0/6. Additional needed: 8.", "quota"),
        ("BadArgument", "The request is not valid.", "named value"),
        ("ResourceNotReady", "User container has crashed or terminated: Liveness probe failed: HTTP probe failed with statuscode: 502", "Get-MlDeploymentLog"),
        ("ResourceNotFound", "The image was not found.", "exists"),
        ("WorkspaceManagedNetworkNotReady", "The managed network is not provisioned.", "managed network"),
        ("OperationCanceled", "The operation was overtaken.", "again"),
        ("SecretsInjectionError", "A secret cannot be read.", "secrets"),
        ("InternalServerError", "An internal error occurred., internal stacktrace [ at A.B() ]", "AcrPull"),
        ("ModelRegistryError", "The model cannot be read.", "model version"),
    ];

    [Fact]
    public async Task EachCode_CauseInOneLineWayOutTargetAndLog()
    {
        Session.Invoke("$endpoint = New-MlEndpoint $args[0] -ErrorAction Stop; $model = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop", Fixture.UniqueName("f"), ExampleModels.V1).AssertSucceeded();
        foreach ((string code, string message, string wayOut) in Failures)
        {
            ErrorRecord error;
            await using (await Faults.SetAsync(Fixture, $$"""{ "kind": "FailOperation", "method": "PUT", "path": "*/deployments/*", "code": "{{code}}", "message": "{{message}}" }"""))
            {
                error = Session.Invoke("$model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -IfExists ReplaceFailed").Error;
            }

            AssertError(error, MlErrorIds.DeploymentFailed, ErrorCategory.InvalidResult, wayOut);
            string firstLine = error.ToString().ReplaceLineEndings("\n").Split('\n')[0];
            Assert.Contains($"failed ({code}): {message.Split(", internal")[0].TrimEnd('.')}", firstLine, StringComparison.Ordinal);
            Assert.DoesNotContain("stacktrace", error.ToString(), StringComparison.OrdinalIgnoreCase);
            MlException exception = Assert.IsAssignableFrom<MlException>(error.Exception);
            Assert.Equal(code, exception.ServiceErrorCode);
            Assert.NotNull(exception.CorrelationId);
            Assert.Contains(code, exception.RawBody!, StringComparison.Ordinal);
            Assert.Equal("green", Assert.IsType<MlDeployment>(error.TargetObject).Name);

            // It failed before any container ran, so there may be nothing in the log; that is no second error.
            Session.SetVariable("failure", error);
            Session.Invoke("$failure | Get-MlDeploymentLog").AssertSucceeded();
        }
    }

    [Fact]
    public void ContainerThatDoesNotStart_LastLinesOfBothContainersAreAttached()
    {
        ErrorRecord error = Session.Invoke(
            """
            $endpoint = New-MlEndpoint $args[0] -ErrorAction Stop
            $model = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop
            $model | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }
            """,
            Fixture.UniqueName("f"),
            ExampleModels.V1).Error;

        IReadOnlyList<string> lines = Assert.IsAssignableFrom<MlException>(error.Exception).LogLines;
        Assert.Contains(lines, line => line.StartsWith("[storage-initializer] ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("[inference-server] ", StringComparison.Ordinal));
        Session.SetVariable("failure", error);
        Assert.NotEmpty(Session.Invoke("$failure | Get-MlDeploymentLog").AssertSucceeded().Output);
        Assert.NotEmpty(Session.Invoke("$failure | Get-MlDeploymentLog -Container StorageInitializer").AssertSucceeded().Output);
    }
}
