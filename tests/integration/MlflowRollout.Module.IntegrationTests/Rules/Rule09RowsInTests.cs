using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Rules;

/// <summary>Rule 9: rows are data and nothing else; values are converted by the model's signature.</summary>
public sealed class Rule09RowsInTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string Row = "$row = (Import-Csv $args[0])[0]; ";

    private static readonly string[] File = [ExampleModels.Rows];

    [Fact]
    public void ColumnNamedDeployment_DoesNotChooseTheDeployment()
    {
        EndpointWithBlue();
        AddGreen();

        MlPrediction prediction = Session.Invoke(
            Row + "$row | Select-Object *, @{ n = 'Deployment'; e = { 'green' } }, @{ n = 'Endpoint'; e = { 'x' } }, @{ n = 'DeploymentName'; e = { 'green' } }, @{ n = 'EndpointName'; e = { 'x' } } | Invoke-MlEndpoint -Endpoint $endpoint",
            File).One<MlPrediction>();

        Assert.Equal("blue", prediction.Deployment);
    }

    [Fact]
    public void Text_IsAWholeRequest()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke("Get-Content $args[0] -Raw | Invoke-MlEndpoint -Endpoint $endpoint", ExampleModels.SampleRequest);

        Assert.Equal(4, result.Values().Count);
    }

    [Theory]
    [InlineData("[IO.FileInfo]$args[0] | Invoke-MlEndpoint -Endpoint $endpoint", "-RequestFile")]
    [InlineData("[IO.FileInfo]$args[0] | Invoke-MlEndpoint -Endpoint $endpoint", "Import-Csv")]
    [InlineData("$endpoint | Invoke-MlEndpoint", "$endpoint | Invoke-MlEndpoint -RequestFile")]
    [InlineData("$blue | Invoke-MlEndpoint -Endpoint $endpoint", "$rows | Invoke-MlEndpoint -Endpoint $endpoint")]
    [InlineData("$model | Invoke-MlEndpoint -Endpoint $endpoint", "MlModel")]
    [InlineData("5 | Invoke-MlEndpoint -Endpoint $endpoint", "Int32")]
    public void WhatIsNoRow_IsRefusedWithTheRightCommand(string script, string way)
    {
        EndpointWithBlue();

        ErrorRecord error = Session.Invoke(script, ExampleModels.SampleRequest).Error;

        AssertError(error, MlErrorIds.RowInvalid, ErrorCategory.InvalidArgument, way);
    }

    [Fact]
    public void CsvText_IsConvertedByTheSignature_InEveryCulture()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $rows = Import-Csv $args[0] | Select-Object -First 20
            [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture.Clone()
            [cultureinfo]::CurrentCulture.NumberFormat.NumberDecimalSeparator = ','
            [cultureinfo]::CurrentCulture.NumberFormat.NumberGroupSeparator = '.'
            $rows | Invoke-MlEndpoint -Endpoint $endpoint
            """,
            ExampleModels.Rows);

        Assert.Equal(ExpectedLabels.Of(1).Take(20), result.Values().Cast<MlPrediction>().Select(prediction => Convert.ToInt64(prediction.Prediction)));
    }

    [Theory]
    [InlineData("$row.age = 'old'", "age")]
    [InlineData("$row.age = '1.5'", "age")]
    [InlineData("$row.oldpeak = '1,2'", "oldpeak")]
    public void BadCell_IsAnErrorWithRowAndColumn(string change, string column)
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(Row + change + "; $row | Invoke-MlEndpoint -Endpoint $endpoint", File);

        AssertError(result.Error, MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "row 1", $"'{column}'");
        MlPrediction prediction = Assert.IsType<MlPrediction>(Assert.Single(result.Output).BaseObject);
        Assert.Contains(column, prediction.Error, StringComparison.Ordinal);
        Assert.Null(prediction.Prediction);
    }

    [Fact]
    public void MissingColumn_IsAnErrorOfTheRow()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(Row + "$row | Select-Object * -ExcludeProperty chol | Invoke-MlEndpoint -Endpoint $endpoint", File);

        AssertError(result.Error, MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "row 1", "'chol'");
    }

    [Fact]
    public void EmptyCell_IsNull()
    {
        EndpointWithBlue();

        string body = Session.Invoke(Row + "$row.thal = ''; $row.oldpeak = ''; ($row | ConvertTo-MlModelRequest $model).Body", File).One<string>();

        Assert.EndsWith("143,1,null,1,3,null]]}}", body, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownColumn_IsKeptAndNotSent_UnlessStrict()
    {
        EndpointWithBlue();
        const string Extra = Row + "$row | Select-Object *, @{ n = 'patient'; e = { 'p1' } } | ";

        InvocationResult kept = Session.Invoke(Extra + "Invoke-MlEndpoint -Endpoint $endpoint -As Row", File);
        InvocationResult strict = Session.Invoke(Extra + "Invoke-MlEndpoint -Endpoint $endpoint -Strict", File);
        InvocationResult inBody = Session.Invoke(
            "$endpoint | Invoke-MlEndpoint -Body ((Get-Content $args[0] -Raw) -replace '\"age\"', '\"patient\"')", ExampleModels.SampleRequest);

        Assert.Equal("p1", kept.AssertSucceeded().Property("patient")?.ToString());
        AssertError(strict.Error, MlErrorIds.RowInvalid, ErrorCategory.InvalidData, "row 1", "'patient'", "-Strict");
        AssertError(inBody.Error, MlErrorIds.RequestInvalid, ErrorCategory.InvalidData, "'patient'", "'age'");
    }

    [Fact]
    public void Rows_AreHashtablesObjectsAndTables()
    {
        EndpointWithBlue();

        InvocationResult result = Session.Invoke(
            """
            $row = (Import-Csv $args[0])[0]
            $map = @{}; foreach ($property in $row.PSObject.Properties) { $map[$property.Name.ToUpper()] = $property.Value }
            $table = [System.Data.DataTable]::new()
            foreach ($property in $row.PSObject.Properties) { $null = $table.Columns.Add($property.Name) }
            $null = $table.Rows.Add([object[]]@($row.PSObject.Properties | ForEach-Object { $_.Value }))
            $row, $map | Invoke-MlEndpoint -Endpoint $endpoint
            $endpoint | Invoke-MlEndpoint -Table $table
            $blue | Invoke-MlEndpoint -Table $row, $map
            """,
            ExampleModels.Rows);

        Assert.Equal(Enumerable.Repeat(ExpectedLabels.Of(1)[0], 5), result.Values().Cast<MlPrediction>().Select(prediction => Convert.ToInt64(prediction.Prediction)));
    }

    [Fact]
    public void LiveDeploymentsThatDifferInSignature_AreNotCalledUnpinned()
    {
        EndpointWithBlue();
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(ExampleModels.V2))
        {
            System.IO.File.Copy(file, folder[Path.GetFileName(file)]);
        }

        // The same model, which says that one column may be left out.
        string description = System.IO.File.ReadAllText(folder["MLmodel"]);
        Assert.Contains(""" "oldpeak", "required": true}""", description, StringComparison.Ordinal);
        folder.Write("MLmodel", description.Replace(""" "oldpeak", "required": true}""", """ "oldpeak", "required": false}""", StringComparison.Ordinal));
        Session.Invoke(
            """
            $green = Register-MlModel $endpoint.Name -Path $args[0] | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2
            $green | Set-MlTraffic -Weight 50
            """,
            folder.Path).AssertSucceeded();

        ErrorRecord error = Session.Invoke(Row + "$row | Invoke-MlEndpoint -Endpoint $endpoint", File).Error;
        MlPrediction pinned = Session.Invoke(Row + "$row | Invoke-MlEndpoint -Deployment $green", File).One<MlPrediction>();

        AssertError(error, MlErrorIds.SignatureAmbiguous, ErrorCategory.InvalidOperation, "blue", "green", "-Deployment");
        Assert.Equal("green", pinned.Deployment);
    }
}
