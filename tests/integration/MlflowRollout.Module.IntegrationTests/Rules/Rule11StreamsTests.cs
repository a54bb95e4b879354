using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 11: streams adapt to what the deployment admits and retry; single requests do not.</summary>
public sealed class Rule11StreamsTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void MoreRequestsThanAreAdmitted_AreRetriedUntilEveryRowIsAnswered()
    {
        EndpointWithBlue();
        Session.Invoke("$blue | Update-MlDeployment -AllowLive -MaxConcurrentRequestsPerInstance 1 -EnvironmentVariable @{ EMULATOR_EXTRA_LATENCY_MS = '2' }").AssertSucceeded();

        // One instance with one request at a time admits two; sixteen are tried.
        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Select-Object -First 200 | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 1 -ThrottleLimit 16", ExampleModels.Rows);

        Assert.Equal(ExpectedLabels.Of(1).Take(200), result.Values().Cast<MlPrediction>().Select(prediction => Convert.ToInt64(prediction.Prediction)));
    }

    [Fact]
    public void RateLimit_HoldsRequestsBack()
    {
        EndpointWithBlue();
        long start = TimeProvider.System.GetTimestamp();

        Session.Invoke("Import-Csv $args[0] | Select-Object -First 12 | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 1 -RateLimit 20", ExampleModels.Rows).AssertSucceeded();

        // Twelve requests at twenty a second take at least eleven intervals; a tolerant bound, since only a lower one holds anywhere.
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void SingleRequest_ThatTheModelFails_IsNotRetried()
    {
        string name = EndpointWithBlue();
        Session.Invoke("$blue | Update-MlDeployment -AllowLive -EnvironmentVariable @{ EMULATOR_ERROR_RATE = '1' }").AssertSucceeded();

        ErrorRecord error = Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0]", ExampleModels.SampleRequest).Error;

        AssertError(error, MlErrorIds.ModelError, ErrorCategory.InvalidResult, name, "blue");
        Assert.Equal(500, Assert.IsType<MlScoringException>(error.Exception).ModelStatusCode);
    }

    [Fact]
    public void RowsThatTheModelFails_AreEachAnError()
    {
        EndpointWithBlue();
        Session.Invoke("$blue | Update-MlDeployment -AllowLive -EnvironmentVariable @{ EMULATOR_ERROR_RATE = '1' }").AssertSucceeded();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Select-Object -First 3 | Invoke-MlEndpoint -Endpoint $endpoint", ExampleModels.Rows);

        Assert.Equal(3, result.Output.Count);
        Assert.Equal(3, result.Errors.Count);
        Assert.All(result.Errors, error => AssertError(error, MlErrorIds.ScoringFailed, ErrorCategory.InvalidResult));
    }

    [Fact]
    public void KeyThatWasReset_IsFetchedAnew()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $rows = Import-Csv $args[0] | Select-Object -First 4
            $n = 0
            $rows | ForEach-Object { if ($n++ -eq 2) { $null = $endpoint | Reset-MlEndpointKey -KeyType Primary -Confirm:$false }; $_ } | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 1
            """,
            ExampleModels.Rows);

        Assert.Equal(4, result.Values().Count);
    }

    [Fact]
    public async Task Stop_DuringAStream_EndsPromptly()
    {
        EndpointWithBlue();
        Session.Invoke("$blue | Update-MlDeployment -AllowLive -RequestTimeout 60 -EnvironmentVariable @{ EMULATOR_EXTRA_LATENCY_MS = '20000' }").AssertSucceeded();
        using var stop = new CancellationTokenSource();
        stop.CancelAfter(TimeSpan.FromSeconds(1));
        long start = TimeProvider.System.GetTimestamp();

        InvocationResult result = await Session.InvokeAsync("Import-Csv $args[0] | Invoke-MlEndpoint -Endpoint $endpoint", stop.Token, ExampleModels.Rows);

        Assert.True(result.Stopped);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }
}
