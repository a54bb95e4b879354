using System.Diagnostics;
using MlflowRollout.Completion;
using MlflowRollout.LoadContext;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Completion;

public sealed class CompletionTests : IDisposable
{
    // A busy machine must not turn a late answer into no answer here.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _deadline = NameCache.Shared.Deadline;
    private readonly Session _session = new();
    private readonly FakeWorkspace _workspace;

    public CompletionTests()
    {
        NameCache.Shared.Deadline = Patience;
        _workspace = new FakeWorkspace(_session);
        MlEndpoint heart = _workspace.AddEndpoint("heart", "blue", "green");
        _workspace.AddEndpoint("hip", "old");
        _workspace.Models.Add(new MlModel { Name = "heart-classifier", Version = new("3") });
        _session.Runspace.SessionStateProxy.SetVariable("global:endpoint", heart);
        _session.Runspace.SessionStateProxy.SetVariable("global:deployment", _workspace.Deployments[0]);
    }

    public void Dispose()
    {
        NameCache.Shared.Deadline = _deadline;
        _workspace.Dispose();
        _session.Dispose();
    }

    [Theory]
    [InlineData("Get-MlEndpoint ", "heart hip")]
    [InlineData("Get-MlEndpoint hi", "hip")]
    [InlineData("Remove-MlEndpoint -Endpoint he", "heart")]
    [InlineData("Get-MlDeployment -Endpoint heart ", "blue green")]
    [InlineData("Get-MlDeployment -Endpoint heart -Name g", "green")]
    [InlineData("Get-MlDeployment -Endpoint $endpoint -Name ", "blue green")]
    [InlineData("$endpoint | Get-MlDeployment ", "blue green")]
    [InlineData("$endpoint | Invoke-MlEndpoint -Deployment ", "blue green")]
    [InlineData("$deployment | Get-MlDeployment -Name ", "blue green")]
    [InlineData("'hip' | Get-MlDeployment ", "old")]
    [InlineData("Get-MlEndpoint heart | Get-MlDeployment ", "blue green")]
    [InlineData("Get-MlEndpoint -Name hip | Get-MlDeployment ", "old")]
    [InlineData("Get-MlEndpoint heart | ForEach-Object { $_ } | Get-MlDeployment ", "blue green")]
    [InlineData("Get-MlDeployment ", "blue green old")]
    [InlineData("$nothing | Get-MlDeployment ", "blue green old")]
    [InlineData("Get-MlEndpoint h* | Get-MlDeployment ", "blue green old")]
    [InlineData("Set-MlTraffic -Endpoint heart -Traffic ", "'blue=0 green=100' 'blue=10 green=90' 'blue=100 green=0' 'blue=50 green=50' 'blue=90 green=10'")]
    [InlineData("$endpoint | Set-MlTraffic 'blue=9", "'blue=90 green=10'")]
    [InlineData("Set-MlTraffic -Endpoint hip ", "'old=100'")]
    [InlineData("Publish-MlModel heart-classifier 3 -Registry c", "central")]
    [InlineData("Get-MlModel h", "heart-classifier")]
    [InlineData("Get-MlModel heart-classifier -Version ", "'*' 3 latest")]
    [InlineData("Get-MlEndpoint -Workspace w", "ws")]
    [InlineData("Get-MlEndpointMetric heart -Metric RequestLatency_P9", "RequestLatency_P90 RequestLatency_P95 RequestLatency_P99")]
    [InlineData("Get-MlEndpointMetric heart -Deployment ", "blue green")]
    public void CommandLine_BeforeTheCursor_SaysWhatIsOffered(string input, string expected) => Assert.Equal(expected, string.Join(' ', _session.Complete(input)));

    [Fact]
    public void Pipeline_WithACommand_IsReadAndNotRun()
    {
        _session.Invoke("$global:ran = 0; function global:Get-Thing { $global:ran++; $endpoint }");
        _session.Complete("Get-Thing | Get-MlDeployment ");
        _session.Complete("(Get-Thing) | Get-MlDeployment ");
        Assert.Equal(0, _session.Runspace.SessionStateProxy.GetVariable("ran"));
    }

    [Fact]
    public void Service_DoesNotAnswer_KeyPressIsNotHeldUp_AndTheNextOneIsServed()
    {
        var hold = new TaskCompletionSource();
        _workspace.Hold = hold.Task;
        NameCache.Shared.Deadline = _deadline;
        var clock = Stopwatch.StartNew();
        Assert.Empty(_session.Complete("Get-MlEndpoint h"));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");

        NameCache.Shared.Deadline = Patience;
        hold.SetResult();
        Assert.Equal(["heart", "hip"], _session.Complete("Get-MlEndpoint h"));
    }

    [Fact]
    public void Answer_WhileFresh_IsNotAskedForAgain()
    {
        _session.Complete("Get-MlEndpoint h");
        _session.Complete("Get-MlEndpoint hi");
        Assert.Equal(1, _workspace.Lists);
    }

    [Fact]
    public void NoEngine_OrServiceThatFails_GiveNothingAndNoError()
    {
        _workspace.Hold = Task.FromException(new MlServiceException(MlErrorIds.ServiceUnavailable, MlErrorCategory.ResourceUnavailable, "down"));
        Assert.Empty(_session.Complete("Get-MlModel heart-"));
        EngineHost.Substitute = null;
        Assert.Empty(_session.Complete("Get-MlModel heart-"));
        Assert.False(EngineHost.IsCreated);
    }
}
