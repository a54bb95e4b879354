using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 13: a null from a failed step is an error of ours; under -WhatIf a whole pipeline says what it would do.</summary>
public sealed class Rule13NullTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    public static TheoryData<string> NullCalls => new(
        "$null | New-MlDeployment green -Endpoint some -InstanceType Standard_DS2_v2",
        "New-MlDeployment green -Endpoint $null -Model m -InstanceType Standard_DS2_v2",
        "New-MlDeployment green -Endpoint some -Model $null -InstanceType Standard_DS2_v2",
        "$null | Set-MlTraffic -Weight 10",
        "$null | Set-MlTraffic @{ blue = 100 }",
        "Set-MlTraffic @{ blue = 100 } -Endpoint $null",
        "$null | Get-MlTraffic",
        "$null | Get-MlDeployment",
        "$null | Remove-MlDeployment blue",
        "$null | Remove-MlEndpoint -Force",
        "$null | Update-MlEndpoint -Description x",
        "$null | Update-MlDeployment -InstanceCount 2",
        "$null | Wait-MlEndpoint",
        "$null | Wait-MlDeployment",
        "$null | Get-MlEndpointKey",
        "$null | Get-MlEndpointToken",
        "$null | Reset-MlEndpointKey -KeyType Primary",
        "$null | Get-MlDeploymentLog",
        "$null | Invoke-MlEndpoint -Body '{}'",
        "Invoke-MlEndpoint -Endpoint $null -Body '{}'",
        "$null | Remove-MlModel",
        "$null | Disable-MlModel",
        "$null | Enable-MlModel",
        "$null | Update-MlModel -Stage x",
        "$null | Save-MlModel -Path some",
        "Save-MlModel -Model $null -Path some",
        "$null | Copy-MlModel -Destination some",
        "$null | Publish-MlModel -Registry some",
        "$null | Get-MlModel",
        "$null | Get-MlEndpoint",
        "Remove-MlDeployment blue -Endpoint $null",
        "Remove-MlDeployment blue -Endpoint some -MoveTrafficTo $null",
        "Update-MlDeployment blue -Endpoint some -Model $null",
        "Wait-MlDeployment blue -Endpoint $null",
        "Get-MlDeploymentLog blue -Endpoint $null",
        "Set-MlTraffic -Endpoint some -Deployment $null -Weight 10",
        "Set-MlTraffic -Endpoint some -Traffic $null",
        "Set-MlTraffic @{ blue = 100 } -Endpoint some -Expected $null",
        "Invoke-MlEndpoint some -Deployment $null -Body '{}'",
        "@{ age = 1 } | Invoke-MlEndpoint -Endpoint $null",
        "@{ age = 1 } | ConvertTo-MlModelRequest -Model $null",
        "@{ age = 1 } | Test-MlModelRequest -Model $null",
        "$null | Test-MlModelRequest -Body '{}'",
        "Test-MlModelRequest -Endpoint $null -Body '{}'",
        "Test-MlModelRequest -Endpoint some -Deployment $null -Body '{}'",
        "New-MlEndpoint some -Workspace $null",
        "Remove-MlEndpoint some -Force -Workspace $null",
        "Set-MlTraffic @{ blue = 100 } -Endpoint some -Workspace $null",
        "Get-MlEndpoint -Connection $null");

    [Theory]
    [MemberData(nameof(NullCalls))]
    public async Task Null_AsParent_SaysThatAnEarlierCommandFailed(string script)
    {
        ErrorRecord error = await FailsWithoutChangeAsync(script);

        AssertError(error, MlErrorIds.EarlierStepFailed, ErrorCategory.InvalidArgument, "earlier");
    }

    [Fact]
    public void Parents_OfAllCmdlets_AdmitNull()
    {
        string[] parents = ["EndpointReference", "DeploymentReference", "ModelReference", "WorkspaceReference"];

        string[] closed = [.. Session.Invoke("Get-Command -Module MlflowRollout").AssertSucceeded().Output.Select(item => (CmdletInfo)item.BaseObject)
            .SelectMany(command => command.Parameters.Values
                .Where(parameter => parents.Contains(parameter.ParameterType.Name) && !parameter.Attributes.OfType<AllowNullAttribute>().Any())
                .Select(parameter => $"{command.Name} -{parameter.Name}"))];

        Assert.Empty(closed);
    }

    [Fact]
    public async Task WhatIf_OverAWholeScript_SaysEachStepAndChangesNothing()
    {
        int before = await CountChangesAsync();
        Session.Host.TakeOutput();

        InvocationResult result = Session.Invoke(
            """
            $WhatIfPreference = $true
            $e = New-MlEndpoint heart-whatif
            $g = Register-MlModel heart-whatif -Path $args[0] | New-MlDeployment green -Endpoint $e -InstanceType Standard_DS2_v2 -AllTraffic
            $g | Set-MlTraffic -Weight 100
            $e | Remove-MlDeployment blue
            $e | Remove-MlEndpoint
            """,
            ExampleModels.V1);

        result.AssertSucceeded();
        string said = Session.Host.TakeOutput();
        Assert.Equal(6, said.Split("What if:").Length - 1);
        Assert.Equal(before, await CountChangesAsync());
    }

    [Fact]
    public async Task Script_WhereErrorsDoNotStop_KeepsBlueAndDeletesNothing()
    {
        string name = EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $ErrorActionPreference = 'Continue'
            $green = Register-MlModel $endpoint.Name -Path $args[0] |
                New-MlDeployment { "xgboost-model-$($_.Version)" } -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }
            $green | Invoke-MlEndpoint -RequestFile $args[1]
            $green | Set-MlTraffic -Weight 10
            $green | Set-MlTraffic -Weight 100
            $endpoint | Remove-MlDeployment blue
            """,
            ExampleModels.V2,
            ExampleModels.SampleRequest);

        Assert.Equal(
            [MlErrorIds.DeploymentFailed, MlErrorIds.EarlierStepFailed, MlErrorIds.EarlierStepFailed, MlErrorIds.EarlierStepFailed, MlErrorIds.DeploymentHasTraffic],
            result.Errors.Select(InvocationResult.IdOf));
        Assert.StartsWith("blue=100", TrafficOf(name), StringComparison.Ordinal);
        Assert.Equal(MlProvisioningState.Succeeded, Session.Invoke("$endpoint | Get-MlDeployment blue").One<MlDeployment>().ProvisioningState);
        await Task.CompletedTask;
    }
}
