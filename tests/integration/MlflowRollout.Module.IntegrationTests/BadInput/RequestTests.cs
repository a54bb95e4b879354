using System.Management.Automation;
using System.Text.Json.Nodes;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.BadInput;

/// <summary>Requests that do not fit the model are refused before anything is sent.</summary>
public sealed class RequestTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    public static TheoryData<string, ErrorCategory, string> Bodies => new()
    {
        { "''", ErrorCategory.ParserError, "empty" },
        { "'   '", ErrorCategory.ParserError, "empty" },
        { "'{ \"input_data\": '", ErrorCategory.ParserError, "broken JSON" },
        { "'{ \"data\": [[1]] }'", ErrorCategory.InvalidData, "input_data" },
        { "($sample -replace '\"chol\",', '' -replace ', 219,|, 329,|, 276,|, 318,', ',')", ErrorCategory.InvalidData, "'chol'" },
        { "($sample -replace '\"chol\"', '\"cholesterol\"')", ErrorCategory.InvalidData, "'cholesterol'" },
        { "($sample -replace '59,', '\"old\",')", ErrorCategory.InvalidData, "'age'" },
        { "($sample -replace '\"normal\"', '[7]')", ErrorCategory.InvalidData, "'thal'" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_ThatDoesNotFit_IsRefused(string body, ErrorCategory category, string word)
    {
        EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync($"$sample = Get-Content $args[0] -Raw; $endpoint | Invoke-MlEndpoint -Body {body}", ExampleModels.SampleRequest);

        AssertError(error, MlErrorIds.RequestInvalid, category, word);
    }

    [Fact]
    public async Task Body_WithAColumnTooMany_IsRefused()
    {
        EndpointWithBlue();
        JsonNode request = JsonNode.Parse(await File.ReadAllTextAsync(ExampleModels.SampleRequest))!;
        request["input_data"]!["columns"]!.AsArray().Add("shoeSize");
        foreach (JsonNode? row in request["input_data"]!["data"]!.AsArray())
        {
            row!.AsArray().Add(43);
        }

        ErrorRecord error = await FailsWithoutChangeAsync("$endpoint | Invoke-MlEndpoint -Body $args[0]", request.ToJsonString());

        AssertError(error, MlErrorIds.RequestInvalid, ErrorCategory.InvalidData, "'shoeSize'");
    }

    [Fact]
    public async Task ModelThatIsNotRegistered_IsRefused_WithTheNearMatch()
    {
        string name = EndpointWithBlue();

        ErrorRecord error = await FailsWithoutChangeAsync("New-MlDeployment green -Endpoint $endpoint -Model \"$($model.Name)x\" -InstanceType Standard_DS2_v2");
        ErrorRecord version = await FailsWithoutChangeAsync("New-MlDeployment green -Endpoint $endpoint -Model \"$($model.Name):77\" -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, name + "x", $"'{name}'");
        AssertError(version, MlErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, name, "77");
    }

    [Fact]
    public async Task ModelWithoutAServableFlavor_IsRefused()
    {
        EndpointWithBlue();
        using var folder = new TemporaryFolder();
        folder.Write("weights.txt", "1 2 3");
        Session.Invoke("$custom = Register-MlModel $args[0] -Path $args[1] -Type custom_model", Fixture.UniqueName("m"), folder.Path).AssertSucceeded();

        ErrorRecord error = await FailsWithoutChangeAsync("$custom | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2");

        AssertError(error, MlErrorIds.ModelNotServable, ErrorCategory.InvalidOperation, "custom_model", "python_function");
    }
}
