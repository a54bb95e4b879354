using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.SetMlTraffic;

public sealed class SetMlTrafficTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$green | Set-MlTraffic -Weight 10")]
    [InlineData("$green | Set-MlTraffic -Weight 10 -Endpoint $endpoint")]
    [InlineData("Set-MlTraffic -Deployment $green -Weight 10")]
    [InlineData("Set-MlTraffic -Endpoint $endpoint.Name -Deployment green -Weight 10")]
    [InlineData("$endpoint | Set-MlTraffic -Deployment GREEN -Weight 10")]
    [InlineData("'green' | Set-MlTraffic -Endpoint $endpoint -Weight 10")]
    [InlineData("Set-MlTraffic @{ blue = 90; $green.Name = 10 } -Endpoint $endpoint")]
    [InlineData("$endpoint | Set-MlTraffic 'blue=90 green=10'")]
    [InlineData("$endpoint.Name | Set-MlTraffic -Traffic @{ Blue = '90'; Green = 10.0 }")]
    [InlineData("$green | Set-MlTraffic 'blue=90,green=10'")]
    public void EveryForm_SetsTheSameWeights_AndPrintsNothing(string script)
    {
        string name = EndpointWithBlue();
        AddGreen();

        InvocationResult result = Session.Invoke(script);

        Assert.Empty(result.AssertSucceeded().Output);
        Assert.Equal("blue=90 green=10", TrafficOf(name));
    }

    [Fact]
    public void PassThru_GivesTheWeightsReadBack()
    {
        EndpointWithBlue();
        AddGreen();

        MlTraffic traffic = Session.Invoke("$green | Set-MlTraffic -Weight 25 -PassThru").One<MlTraffic>();

        Assert.Equal((75, 25), (traffic.Traffic.WeightOf("blue"), traffic.Traffic.WeightOf("green")));
    }

    [Fact]
    public void SavedTraffic_PipedBack_RestoresBothMaps()
    {
        string name = EndpointWithBlue();
        AddGreen();
        Session.Invoke(
            """
            $endpoint | Set-MlTraffic -MirrorTraffic 'green=20'
            $saved = Get-MlTraffic $endpoint
            $green | Set-MlTraffic -Weight 40 -MirrorTraffic ''
            """).AssertSucceeded();
        Assert.Equal("blue=60 green=40", TrafficOf(name));

        Session.Invoke("$saved | Set-MlTraffic").AssertSucceeded();

        Assert.Equal("blue=100 green=0", TrafficOf(name));
        Assert.Equal("green=20", Session.Invoke("(Get-MlTraffic $endpoint).MirrorTraffic.ToString()").One<string>());
    }

    [Fact]
    public void SavedTraffic_ThatTravelledThroughAJob_RestoresToo()
    {
        string name = EndpointWithBlue();
        AddGreen();
        MlTraffic saved = Session.Invoke("$saved = Get-MlTraffic $endpoint; $saved; $green | Set-MlTraffic -Weight 100").One<MlTraffic>();
        Session.SetVariable("bag", PSSerializer.Deserialize(PSSerializer.Serialize(saved)));

        Session.Invoke("$bag | Set-MlTraffic").AssertSucceeded();

        Assert.Equal("blue=100 green=0", TrafficOf(name));
    }

    [Fact]
    public void MirrorAlone_KeepsLiveWeights_AndLiveAloneKeepsTheMirror()
    {
        string name = EndpointWithBlue();
        AddGreen();

        Session.Invoke("$endpoint | Set-MlTraffic -MirrorTraffic @{ green = 10 }; $endpoint | Set-MlTraffic @{ blue = 100 }").AssertSucceeded();

        Assert.Equal("blue=100 green=0", TrafficOf(name));
        Assert.Equal("green=10", Session.Invoke("(Get-MlTraffic $endpoint).MirrorTraffic.ToString()").One<string>());
    }

    [Fact]
    public async Task Expected_WhereSomebodyElseChangedTheWeights_IsRefused()
    {
        string name = EndpointWithBlue();
        AddGreen();
        Session.Invoke("$green | Set-MlTraffic -Weight 10").AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$green | Set-MlTraffic -Weight 50 -Expected 'blue=100'");
        Session.Invoke("$green | Set-MlTraffic -Weight 50 -Expected @{ blue = 90; green = 10 }").AssertSucceeded();

        AssertError(error, MlErrorIds.TrafficNotAsExpected, ErrorCategory.ResourceBusy, name, "blue=90 green=10");
        Assert.Equal("blue=50 green=50", TrafficOf(name));
    }

    [Theory]
    [InlineData("$endpoint | Set-MlTraffic", "-Traffic")]
    [InlineData("$endpoint | Set-MlTraffic -Weight 10", "-Deployment")]
    public async Task HalfACommand_SaysWhatIsMissing(string script, string way)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, way);
    }

    [Fact]
    public async Task WhatIf_NamesEndpointWorkspaceAndWeights_AndChangesNothing()
    {
        string name = EndpointWithBlue();
        AddGreen();
        int before = await CountChangesAsync();
        Session.Host.TakeOutput();

        Session.Invoke("$green | Set-MlTraffic -Weight 10 -WhatIf").AssertSucceeded();

        string said = Session.Host.TakeOutput();
        Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Contains("green=10", said, StringComparison.Ordinal);
        Assert.Contains(Fixture.Emulator.Connection.Workspace, said, StringComparison.Ordinal);
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public void Deployment_OfAnotherEndpoint_IsRefused()
    {
        EndpointWithBlue();

        ErrorRecord error = Session.Invoke("$blue | Set-MlTraffic -Weight 10 -Endpoint some-other").Error;

        AssertError(error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument, "blue", "some-other");
    }
}
