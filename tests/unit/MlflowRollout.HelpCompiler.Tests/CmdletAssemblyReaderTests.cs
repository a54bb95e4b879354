using MlflowRollout.HelpCompiler.Metadata;

namespace MlflowRollout.HelpCompiler.Tests;

public sealed class CmdletAssemblyReaderTests
{
    private static ParameterMetadata Parameter(string name) => Assert.Single(SampleSource.Cmdlet.Parameters, parameter => parameter.Name == name);

    [Fact]
    public void Read_Cmdlet_GivesNameSetsAndOutputs()
    {
        CmdletMetadata cmdlet = SampleSource.Cmdlet;

        Assert.Equal("Get-Sample", cmdlet.Name);
        Assert.Equal(["ByName", "ByObject"], cmdlet.SetNames);
        Assert.Equal(["System.Version"], cmdlet.Outputs.Select(output => output.FullTypeName));
        Assert.Equal(["Colour", "Confirm", "Force", "InputObject", "Name", "WhatIf"], cmdlet.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Read_Parameter_GivesTypeAliasesWildcardsAndPosition()
    {
        ParameterMetadata name = Parameter("Name");

        Assert.Equal("String[]", name.TypeName);
        Assert.Equal(["SampleName"], name.Aliases);
        Assert.True(name.AcceptsWildcards);
        ParameterSetUse use = Assert.Single(name.Uses);
        Assert.Equal(("ByName", true, 0), (use.SetName, use.IsMandatory, use.Position));
        Assert.Null(name.UseIn("ByObject"));
    }

    [Fact]
    public void Read_NullableEnum_GivesItsNamesWithoutUnknown()
    {
        ParameterMetadata colour = Parameter("Colour");

        Assert.Equal("SampleColour", colour.TypeName);
        Assert.Equal(["Blue", "Green"], colour.AcceptedValues);
        Assert.NotNull(colour.UseIn("ByName"));
        Assert.NotNull(colour.UseIn("ByObject"));
    }

    [Fact]
    public void Read_PipelineParameter_SaysBothWays() =>
        Assert.Equal("True (ByPropertyName, ByValue)", Parameter("InputObject").UseIn("ByObject")!.PipelineInput);

    [Fact]
    public void Read_AssemblyFile_FindsTheSameCmdlet()
    {
        CmdletMetadata cmdlet = Assert.Single(CmdletAssemblyReader.Read(typeof(GetSampleCommand).Assembly.Location));

        Assert.Equal(SampleSource.Cmdlet.Parameters.Select(parameter => parameter.FullTypeName), cmdlet.Parameters.Select(parameter => parameter.FullTypeName));
        Assert.Equal(SampleSource.Cmdlet.SetNames, cmdlet.SetNames);
    }
}
