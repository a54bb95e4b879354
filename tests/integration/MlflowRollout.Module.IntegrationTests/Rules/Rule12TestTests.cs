using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 12: Test- returns a Boolean, findings as warnings, objects with -Detailed.</summary>
public sealed class Rule12TestTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    [Fact]
    public void TestCmdlets_All_ReturnABooleanAndHaveDetailed()
    {
        CmdletInfo[] tests = [.. Session.Invoke("Get-Command -Module MlflowRollout -Verb Test").AssertSucceeded().Output.Select(item => (CmdletInfo)item.BaseObject)];

        Assert.NotEmpty(tests);
        Assert.All(tests, command =>
        {
            Assert.Equal(typeof(SwitchParameter), command.Parameters["Detailed"].ParameterType);
            Assert.Equal(typeof(bool), command.OutputType[0].Type);
            Assert.Contains(command.OutputType, type => type.Type.Namespace == "MlflowRollout");
        });
    }

    [Fact]
    public void TestMlModelRequest_Fits_IsTrueWithoutAWarning()
    {
        InvocationResult result = Session.Invoke("Test-MlModelRequest -RequestFile $args[0] -Path $args[1]", ExampleModels.SampleRequest, ExampleModels.V1);

        Assert.True(result.One<bool>());
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void TestMlModelRequest_DoesNotFit_IsFalseWithEachFindingAsAWarning()
    {
        InvocationResult result = Session.Invoke(
            "Test-MlModelRequest -Body '{\"input_data\":{\"columns\":[\"age\",\"agee\"],\"data\":[[1.5,2]]},\"parms\":1}' -Path $args[0]", ExampleModels.V1);

        Assert.False(result.One<bool>());
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Contains("'parms'", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.Contains("'agee'", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.Contains("1.5", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.Contains("'sex'", StringComparison.Ordinal));
    }

    [Fact]
    public void TestMlModelRequest_Detailed_IsOneObjectWithTheFindingsAndNoWarning()
    {
        InvocationResult result = Session.Invoke("@{ age = 'x' }, @{ age = 1 } | Test-MlModelRequest -ColumnType @{ age = 'long' } -Detailed");

        MlRequestCheck check = result.One<MlRequestCheck>();
        Assert.Equal((false, 2, "-ColumnType"), (check.IsValid, check.RowCount, check.Source));
        Assert.Contains("row 1", Assert.Single(check.Findings), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(result.Warnings);
    }
}
