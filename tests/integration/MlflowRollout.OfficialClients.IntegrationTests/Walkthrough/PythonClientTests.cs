using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Walkthrough;

/// <summary>The Python package <c>azure-ai-ml</c> does the whole walkthrough; the connection file is all that it is told of the emulator.</summary>
[Collection("emulator")]
public sealed class PythonClientTests(EmulatorFixture fixture)
{
    private const string Name = "heart-python";

    [SkippableFact]
    public async Task AzureAiMl_WholeWalkthrough_EveryStepIsAsAgainstTheService()
    {
        using TemporaryFolder folder = new();
        ClientRun run = await Drivers.RunPythonAsync(
            "walkthrough.py", fixture.Emulator.ConnectionFile, ExampleModels.HeartClassifier, folder.Write("request.json", ExampleRows.Request()), folder["downloads"]);
        WalkthroughChecks checks = new(run, fixture.Emulator, Name);

        checks.Workspace();
        checks.Models("3", "2", "1");
        run.Step("register-same-content", model =>
        {
            Assert.Equal("3", model.Text("version"));
            Assert.Equal(run.Result("register-v2").Text("path"), model.Text("path"));
        });
        run.Step("paging", versions => Assert.Equal(Enumerable.Range(1, 103).Reverse().Select(static version => $"{version}"), versions.Texts()));

        checks.Endpoint();
        run.Step("endpoint-list", names => Assert.Contains(Name, names.Texts()));
        checks.Blue();
        run.Step("invoke", labels => Assert.Equal(ExampleRows.Labels(1), JsonSerializer.Serialize(labels)));
        checks.Green();
        run.Step("invoke-pinned", labels => Assert.Equal(ExampleRows.Labels(2), JsonSerializer.Serialize(labels)));
        run.Step("traffic-mirror", endpoint =>
        {
            Assert.Equal("blue=100", WalkthroughChecks.Weights(endpoint.GetProperty("traffic")));
            Assert.Equal("green=20", WalkthroughChecks.Weights(endpoint.GetProperty("mirrorTraffic")));
        });
        checks.Traffic();
        checks.Logs();
        checks.Errors("ResourceNotFoundError", error => Assert.Equal(("HttpResponseError", "ResourceNotReady"), (error.Type, error.Code)));

        // This client looks at names itself.
        run.Refused("bad-name", error => Assert.Equal("ValidationException", error.Type));
        checks.End();
    }
}
