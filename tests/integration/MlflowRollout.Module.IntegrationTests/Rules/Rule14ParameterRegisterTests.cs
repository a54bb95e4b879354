using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 14: one register of parameter names and types over all cmdlets.</summary>
public sealed class Rule14ParameterRegisterTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void Parameters_OfOneName_HaveOneType()
    {
        string[] differing = [.. Parameters()
            .Where(entry => entry.Parameter.Name is not ("Name" or "Deployment" or "Version" or "InputObject" or "Property" or "Model")
                // A cloud to connect to, and what a deployment runs in: both are called so by all who use them.
                && entry.Parameter.Name != "Environment")
            .GroupBy(entry => entry.Parameter.Name)
            .Where(group => group.Select(entry => Nullable.GetUnderlyingType(entry.Parameter.ParameterType) ?? entry.Parameter.ParameterType).Distinct().Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => $"{entry.Command} {entry.Parameter.ParameterType.Name}"))}")];

        Assert.Empty(differing);
    }

    [Theory]
    [InlineData("Tags", "Tag")]
    [InlineData("Count", "InstanceCount")]
    [InlineData("File", "DefinitionFile, RequestFile, ConnectionFile")]
    [InlineData("TimeoutSec", "Timeout")]
    [InlineData("TimeoutSeconds", "Timeout")]
    [InlineData("KeyName", "KeyType")]
    public void Parameters_NamesOutsideTheRegister_AreNotUsed(string name, string instead) =>
        Assert.DoesNotContain(Parameters(), entry => entry.Parameter.Name == name && instead.Length > 0);

    [Fact]
    public void Path_Wherever_HasALiteralPathBesideIt()
    {
        string[] without = [.. Parameters().GroupBy(entry => entry.Command)
            .Where(group => group.Any(entry => entry.Parameter.Name == "Path") && group.All(entry => entry.Parameter.Name != "LiteralPath"))
            .Select(group => group.Key)];

        Assert.Empty(without);
    }

    [Fact]
    public void Durations_Everywhere_GoThroughTheOneTransformation()
    {
        string[] bare = [.. Parameters()
            .Where(entry => entry.Parameter.ParameterType == typeof(TimeSpan) || entry.Parameter.ParameterType == typeof(TimeSpan?))
            .Where(entry => entry.Parameter.Attributes.All(attribute => attribute.GetType().Name != "DurationTransformationAttribute"))
            .Select(entry => $"{entry.Command} -{entry.Parameter.Name}")];

        Assert.Empty(bare);
    }

    [Fact]
    public void EveryCmdletOfAWorkspace_TakesWorkspaceWithTheAliasConnection()
    {
        string[] exempt = ["Connect-MlWorkspace", "Get-MlWorkspace", "Disconnect-MlWorkspace", "Start-MlEmulator", "Stop-MlEmulator", "Get-MlEmulator"];
        string[] without = [.. Parameters().GroupBy(entry => entry.Command)
            .Where(group => !exempt.Contains(group.Key))
            .Where(group => !group.Any(entry => entry.Parameter.Name == "Workspace" && entry.Parameter.Aliases.Contains("Connection")))
            .Select(group => group.Key)];

        Assert.Empty(without);
    }

    [Fact]
    public void RegisterMlModel_FileNamedOtherwise_FindsTheTypeFromTheContent()
    {
        MlModel model = Session.Invoke("Register-MlModel $args[0] -Path $args[1]", Fixture.UniqueName("m"), ExampleModels.V1).One<MlModel>();

        Assert.Equal("mlflow_model", model.ModelType);
    }

    private List<(string Command, CommandParameterInfo Parameter)> Parameters()
    {
        InvocationResult commands = Session.Invoke("Get-Command -Module MlflowRollout");
        commands.AssertSucceeded();
        return [.. commands.Output.Select(item => (CmdletInfo)item.BaseObject)
            .SelectMany(command => command.ParameterSets.SelectMany(set => set.Parameters).DistinctBy(parameter => parameter.Name).Select(parameter => (command.Name, parameter)))];
    }
}
