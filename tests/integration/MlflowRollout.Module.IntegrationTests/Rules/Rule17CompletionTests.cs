using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 17: completion reads the pipeline's syntax tree.</summary>
public sealed class Rule17CompletionTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Theory]
    [InlineData("$endpoint | Invoke-MlEndpoint -Deployment ")]
    [InlineData("$endpoint | Get-MlDeployment ")]
    [InlineData("$endpoint | Remove-MlDeployment ")]
    [InlineData("Set-MlTraffic -Endpoint $endpoint -Weight 10 -Deployment ")]
    public void Deployment_OfThePipedOrTypedEndpoint_Completes(string input)
    {
        EndpointWithBlue();

        string[] completions = [.. Session.Complete(input).CompletionMatches.Select(match => match.ListItemText)];

        Assert.Contains("blue", completions);
    }

    [Fact]
    public void Deployment_OfAnEndpointNamedInThePipeline_Completes()
    {
        string name = EndpointWithBlue();

        string[] completions = [.. Session.Complete($"Get-MlEndpoint {name} | Get-MlDeployment b").CompletionMatches.Select(match => match.CompletionText)];

        Assert.Equal(["blue"], completions);
    }

    [Fact]
    public void Endpoint_ByItsBeginning_Completes()
    {
        string name = EndpointWithBlue();

        Assert.Contains(Session.Complete($"Get-MlEndpoint {name[..4]}").CompletionMatches, match => match.ListItemText == name);
    }

    [Fact]
    public void Completion_WithoutAConnection_IsSilent()
    {
        using ModuleSession lonely = new();

        CommandCompletion completion = lonely.Complete("Get-MlDeployment -Endpoint x -Name ");

        Assert.DoesNotContain(completion.CompletionMatches, match => match.ResultType == CompletionResultType.ParameterValue && match.ListItemText == "blue");
    }
}
