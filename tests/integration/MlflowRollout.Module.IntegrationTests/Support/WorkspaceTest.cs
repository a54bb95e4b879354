using System.Management.Automation;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests;

/// <summary>A test with a session that is connected to the shared emulator.</summary>
[Collection("emulator")]
public abstract class WorkspaceTest : IDisposable
{
    private TemporaryFolder? _folder;

    protected WorkspaceTest(EmulatorFixture fixture)
    {
        Fixture = fixture;
        Session = fixture.ConnectedSession();
    }

    protected EmulatorFixture Fixture { get; }

    protected ModuleSession Session { get; }

    /// <summary>A folder that goes with the test.</summary>
    protected TemporaryFolder Folder => _folder ??= new TemporaryFolder();

    public void Dispose()
    {
        Session.Dispose();
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes an endpoint with a deployment <c>blue</c> (model v1) that has all traffic; returns the endpoint's name. Sets $endpoint, $blue and $model.</summary>
    protected string EndpointWithBlue()
    {
        string name = Fixture.UniqueName("e");
        Session.Invoke(
            """
            $endpoint = New-MlEndpoint $args[0] -ErrorAction Stop
            $model = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop
            $blue = $model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic -ErrorAction Stop
            """,
            name,
            ExampleModels.V1).AssertSucceeded();
        return name;
    }

    /// <summary>Adds a deployment <c>green</c> (model v2) without traffic to the endpoint of <see cref="EndpointWithBlue"/>. Sets $green.</summary>
    protected void AddGreen() => Session.Invoke(
        """
        $green = Register-MlModel $endpoint.Name -Path $args[0] -ErrorAction Stop |
            New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2 -ErrorAction Stop
        """,
        ExampleModels.V2).AssertSucceeded();

    /// <summary>Live weights as the service has them, such as <c>blue=100 green=0</c>.</summary>
    protected string TrafficOf(string endpoint) =>
        Session.Invoke("(Get-MlTraffic -Endpoint $args[0] -ErrorAction Stop).Traffic.ToString()", endpoint).One<string>();

    /// <summary>How many requests have changed something in the emulator so far.</summary>
    protected async Task<int> CountChangesAsync()
    {
        using JsonDocument journal = JsonDocument.Parse(await Fixture.Emulator.Http.GetStringAsync(new Uri("emulator/requests", UriKind.Relative)));
        return journal.RootElement.GetProperty("total").GetInt32();
    }

    /// <summary>Runs a script that must fail with one error and change nothing.</summary>
    protected async Task<ErrorRecord> FailsWithoutChangeAsync(string script, params object?[] arguments)
    {
        int before = await CountChangesAsync();
        InvocationResult result = Session.Invoke(script, arguments);
        ErrorRecord error = result.Error;
        Assert.True(await CountChangesAsync() == before, $"Something was changed although it failed: {error}");
        return error;
    }

    /// <summary>Id, category and the words that the message or its recommended action must have.</summary>
    protected static void AssertError(ErrorRecord error, string id, ErrorCategory category, params string[] words)
    {
        Assert.Equal(id, InvocationResult.IdOf(error));
        Assert.Equal(category, error.CategoryInfo.Category);
        foreach (string word in words)
        {
            Assert.Contains(word, $"{error} {error.ErrorDetails?.RecommendedAction}", StringComparison.OrdinalIgnoreCase);
        }
    }
}
