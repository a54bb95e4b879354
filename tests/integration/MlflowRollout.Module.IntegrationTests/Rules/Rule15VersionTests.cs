using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 15: versions are text that sorts as people count.</summary>
public sealed class Rule15VersionTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void Version_OfTen_ComesAfterNine()
    {
        string name = Fixture.UniqueName("m");

        InvocationResult result = Session.Invoke(
            """
            $nine = Register-MlModel $args[0] -Path $args[1] -Version 9
            $ten = Register-MlModel $args[0] -Path $args[1] -Version 10
            $nine.Version -lt $ten.Version
            $ten.Version -gt '9'
            $ten.Version -eq '10'
            $both = @($ten.Version, $nine.Version); [array]::Sort($both); "$both"
            (Get-MlModel $args[0]).Version.ToString()
            """,
            name, ExampleModels.V1);

        Assert.Equal([true, true, true, "9 10", "10"], result.Values());
    }

    [Fact]
    public void Deployment_CarriesTheModelsVersion()
    {
        EndpointWithBlue();

        Assert.Equal(new MlVersion(1), Session.Invoke("$blue.ModelVersion").One<MlVersion>());
    }
}
