using System.Management.Automation;
using System.Text;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.InvokeMlEndpoint;

public sealed class InvokeMlEndpointTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Invoke-MlEndpoint -RequestFile $args[0]", "blue")]
    [InlineData("Invoke-MlEndpoint $endpoint.Name -RequestFile $args[0]", "blue")]
    [InlineData("$endpoint.Name | Invoke-MlEndpoint -RequestFile $args[0]", "blue")]
    [InlineData("$green | Invoke-MlEndpoint -RequestFile $args[0]", "green")]
    [InlineData("$green | Invoke-MlEndpoint -Endpoint $endpoint -RequestFile $args[0]", "green")]
    [InlineData("$endpoint | Invoke-MlEndpoint -Deployment green -RequestFile $args[0]", "green")]
    [InlineData("Invoke-MlEndpoint -Deployment $green -RequestFile $args[0]", "green")]
    [InlineData("$green | Invoke-MlEndpoint -Body (Get-Content $args[0] -Raw)", "green")]
    [InlineData("Get-Content $args[0] -Raw | Invoke-MlEndpoint -Deployment $green", "green")]
    public void EveryForm_AsksTheRightDeployment(string script, string deployment)
    {
        EndpointWithBlue();
        AddGreen();

        MlPrediction[] predictions = [.. Session.Invoke(script, ExampleModels.SampleRequest).Values().Cast<MlPrediction>()];

        Assert.Equal([0L, 1, 2, 3], predictions.Select(prediction => prediction.Index));
        Assert.All(predictions, prediction => Assert.Equal(deployment, prediction.Deployment));
    }

    [Fact]
    public void SeveralTargets_AreAskedInTurn()
    {
        EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke("$blue, $green | Invoke-MlEndpoint -Table (Import-Csv $args[0] | Select-Object -First 2)", ExampleModels.Rows);

        Assert.Equal(["blue", "blue", "green", "green"], result.Values().Cast<MlPrediction>().Select(prediction => prediction.Deployment));
    }

    [Fact]
    public void Request_OfConvertTo_IsSentAsItIs()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Import-Csv $args[0] | Select-Object -First 5 | ConvertTo-MlModelRequest $model | Invoke-MlEndpoint -Endpoint $endpoint", ExampleModels.Rows);

        Assert.Equal(ExpectedLabels.Of(1).Take(5), result.Values().Cast<MlPrediction>().Select(prediction => Convert.ToInt64(prediction.Prediction)));
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-8", false)]
    public void RequestFile_InAnyUnicodeEncodingAndWithAnyExtension_IsJson(string encoding, bool mark)
    {
        EndpointWithBlue();
        using var folder = new TemporaryFolder();
        Encoding chosen = encoding == "utf-8" ? new UTF8Encoding(mark) : Encoding.Unicode;
        File.WriteAllText(folder["re[1]quest.yml"], File.ReadAllText(ExampleModels.SampleRequest), chosen);

        Assert.Equal(4, Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0]", folder["re[1]quest.yml"]).Values().Count);
    }

    [Theory]
    [InlineData("Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $ca -RequestFile $args[0]", "blue")]
    [InlineData("Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $ca -Deployment green -RequestFile $args[0]", "green")]
    [InlineData("Import-Csv $args[1] | Select-Object -First 4 | Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $ca", "blue")]
    [InlineData("Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $ca -Table (Import-Csv $args[1] | Select-Object -First 4)", "blue")]
    public void ScoringUri_NeedsNoWorkspace(string script, string deployment)
    {
        EndpointWithBlue();
        AddGreen();
        Session.Invoke("$key = ($endpoint | Get-MlEndpointKey)[0].Key; $endpoint = [pscustomobject]@{ ScoringUri = $endpoint.ScoringUri }; Disconnect-MlWorkspace").AssertSucceeded();
        Session.SetVariable("ca", Fixture.Emulator.Connection.CaCertificate);

        InvocationResult result = Session.Invoke(script, ExampleModels.SampleRequest, ExampleModels.Rows);

        Assert.Equal(4, result.Values().Count);
        Assert.All(result.Values().Cast<MlPrediction>(), prediction => Assert.Equal(deployment, prediction.Deployment));
    }

    [Fact]
    public void WrongKey_IsRefused_AndNotPrinted()
    {
        EndpointWithBlue();
        Session.SetVariable("ca", Fixture.Emulator.Connection.CaCertificate);
        const string Planted = "planted-secret-value";

        InvocationResult result = Session.Invoke(
            $"$key = [securestring]::new(); '{Planted}'.ToCharArray() | ForEach-Object {{ $key.AppendChar($_) }}; " +
            "Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $ca -RequestFile $args[0] -Verbose -Debug",
            ExampleModels.SampleRequest);

        AssertError(result.Error, MlErrorIds.AuthenticationFailed, ErrorCategory.AuthenticationError, "401", "Get-MlEndpointKey");
        Assert.DoesNotContain(Planted, result.Describe() + string.Join('\n', result.Verbose.Concat(result.Debug)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-MlEndpoint -Endpoint $endpoint", "-RequestFile")]
    [InlineData("@{ age = 1 } | Invoke-MlEndpoint", "-Endpoint")]
    [InlineData("Invoke-MlEndpoint -Deployment blue -Body '{}'", "-Endpoint")]
    public void HalfACommand_SaysWhatIsMissing(string script, string way)
    {
        EndpointWithBlue();

        AssertError(Session.Invoke(script).Error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, way);
    }

    [Theory]
    [InlineData("@{ age = 1 } | Invoke-MlEndpoint -Endpoint $endpoint -Raw")]
    [InlineData("@{ age = 1 } | Invoke-MlEndpoint -Endpoint $endpoint -Raw -As Row")]
    public void Raw_OfRows_IsRefused(string script)
    {
        EndpointWithBlue();

        AssertError(Session.Invoke(script).Error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "-Raw");
    }

    [Fact]
    public void MissingEndpoint_EndsTheStreamWithOneError()
    {
        ErrorRecord error = Session.Invoke("Import-Csv $args[0] | Invoke-MlEndpoint -Endpoint no-such-endpoint", ExampleModels.Rows).Error;

        AssertError(error, MlErrorIds.EndpointNotFound, ErrorCategory.ObjectNotFound, "no-such-endpoint");
    }

    [Fact]
    public void EndpointWithoutTraffic_SaysSo()
    {
        string name = Fixture.UniqueName("e");
        Session.Invoke("$endpoint = New-MlEndpoint $args[0]", name).AssertSucceeded();

        AssertError(
            Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile $args[0]", ExampleModels.SampleRequest).Error,
            MlErrorIds.NoTraffic, ErrorCategory.InvalidOperation, name, "Set-MlTraffic");
    }

    [Fact]
    public void MissingFile_IsNamed()
    {
        EndpointWithBlue();

        AssertError(
            Session.Invoke("$endpoint | Invoke-MlEndpoint -RequestFile ./no-such-file.json").Error,
            MlErrorIds.PathNotFound, ErrorCategory.ObjectNotFound, "no-such-file.json");
    }
}
