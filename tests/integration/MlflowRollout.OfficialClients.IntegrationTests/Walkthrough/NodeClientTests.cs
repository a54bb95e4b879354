using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.OfficialClients.IntegrationTests.Walkthrough;

/// <summary>The npm package <c>@azure/arm-machinelearning</c>, with <c>@azure/storage-blob</c>, does the whole walkthrough.</summary>
[Collection("emulator")]
public sealed class NodeClientTests(EmulatorFixture fixture)
{
    private const string Name = "heart-node";

    [SkippableFact]
    public async Task ArmMachineLearning_WholeWalkthrough_EveryStepIsAsAgainstTheService()
    {
        using TemporaryFolder folder = new();
        ClientRun run = await Drivers.RunNodeAsync(
            "walkthrough.mjs", fixture.Emulator.ConnectionFile, ExampleModels.HeartClassifier, folder.Write("request.json", ExampleRows.Request()));
        WalkthroughChecks checks = new(run, fixture.Emulator, Name);

        checks.Workspace();
        checks.Models("2", "1");
        run.Step("model-container", versions => Assert.Equal(("1", "2"), (versions.Text("latest"), versions.Text("next"))));
        run.Step("model-delete");
        run.Refused("model-get-deleted", error => Assert.Equal((404, "ResourceNotFound"), (error.Status, error.Code)));
        run.Step("paging", pages => Assert.Equal("""[["2"],["1"]]""", JsonSerializer.Serialize(pages)));

        checks.Endpoint();
        run.Step("endpoint-list", pages =>
        {
            Assert.All(pages.EnumerateArray(), static page => Assert.Single(page.EnumerateArray()));
            string[] names = [.. pages.EnumerateArray().SelectMany(static page => page.Texts())];
            Assert.Contains(Name, names);
            Assert.Contains($"{Name}-2", names);
        });
        checks.Blue();
        run.Step("invoke", answer => Assert.Equal(ExampleRows.Labels(1), answer.Text("body")));
        checks.Green();
        checks.Traffic();
        run.Step("skus", names => Assert.Equal(["Default"], names.Texts()));
        checks.Logs();
        checks.Errors("RestError", error => Assert.Contains("The long-running operation has failed. ResourceNotReady.", error.Message, StringComparison.Ordinal));
        run.Refused("bad-name", error => WalkthroughChecks.Invalid(error, "Name"));
        checks.End();
    }
}
