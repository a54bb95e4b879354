using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Secrets;

/// <summary>Whatever is shown, logged or an error: no stream of any cmdlet has a secret in it.</summary>
public sealed class StreamTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string Planted = "planted-secret-4711";

    [Fact]
    public async Task Streams_OfAWholeUse_HaveNoSecret()
    {
        string name = Fixture.UniqueName("s");
        using HttpResponseMessage listed = await Fixture.Emulator.Http.PostAsync(
            new Uri($"{Fixture.Emulator.Connection.WorkspaceId}/datastores/workspaceblobstore/listSecrets?api-version=2024-10-01", UriKind.Relative), null);
        using JsonDocument secrets = JsonDocument.Parse(await listed.EnsureSuccessStatusCode().Content.ReadAsStringAsync());

        InvocationResult used = Session.Invoke(
            """
            $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'
            $c = Connect-MlWorkspace -Emulator -ConnectionFile $args[1]
            $endpoint = New-MlEndpoint $args[0]
            $blue = Register-MlModel $args[0] -Path $args[2] | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
            $blue | Get-MlDeploymentLog
            $endpoint | Invoke-MlEndpoint -RequestFile $args[3]
            $endpoint | Get-MlEndpointKey
            $key = ($endpoint | Reset-MlEndpointKey -KeyType Secondary -Force).Key
            Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $args[4] -RequestFile $args[3]
            Import-Csv $args[5] | Invoke-MlEndpoint -Endpoint $endpoint
            $endpoint | Invoke-MlEndpoint -Body 'no JSON' -ErrorAction Continue
            $endpoint
            Get-MlWorkspace
            Get-MlEmulator -ConnectionFile $args[1]
            """,
            name,
            Fixture.Emulator.ConnectionFile,
            ExampleModels.V1,
            ExampleModels.SampleRequest,
            Fixture.Emulator.Connection.CaCertificate,
            ExampleModels.Rows);
        string[] keys = [.. Session.Invoke("'Primary', 'Secondary' | ForEach-Object { $endpoint | Get-MlEndpointKey -KeyType $_ -AsPlainText }").Values().Cast<string>()];

        Assert.Equal(2, keys.Length);
        Assert.NotEmpty(used.Verbose);
        string shown = Everything(used);
        Assert.All(
            [Fixture.Emulator.Connection.Token, secrets.RootElement.GetProperty("key").GetString()!, .. keys],
            secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Body '{}'")]
    [InlineData("-Table @{ age = 1 }")]
    public void ScoringUri_WithASecretInItsQuery_IsShownWithoutIt(string input)
    {
        InvocationResult result = Session.Invoke($"Invoke-MlEndpoint -ScoringUri 'https://127.0.0.1:9/score?sig={Planted}' {input} -Verbose -Debug");

        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain(Planted, Everything(result), StringComparison.Ordinal);
    }

    private string Everything(InvocationResult result) => string.Join('\n',
    [
        .. result.Errors.Select(error => $"{error} {error.ErrorDetails} {error.ErrorDetails?.RecommendedAction} {error.TargetObject} {error.Exception}"),
        .. result.Warnings,
        .. result.Verbose,
        .. result.Debug,
        .. result.Information.Select(record => $"{record}"),
        .. result.Progress.Select(record => $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}"),
        Session.RenderedAs(result.Output),
    ]);
}
