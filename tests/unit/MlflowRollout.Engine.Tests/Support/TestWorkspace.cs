using MlflowRollout.Engine.Connections;
using MlflowRollout.Testing;

namespace MlflowRollout.Engine.Tests.Support;

/// <summary>A connection over a control plane in memory.</summary>
internal sealed class TestWorkspace : IDisposable
{
    private readonly TemporaryFolder _state = new();

    public TestWorkspace()
    {
        Connection = Connect(_state.Path);
    }

    public FakeArm Arm { get; } = new();

    public AdvancingTime Time { get; } = new();

    public RecordingContext Context { get; } = new();

    public WorkspaceConnection Connection { get; }

    /// <summary>One more connection: with the same folder as from another process, with another as from another machine.</summary>
    public WorkspaceConnection Connect(string? stateFolder = null)
    {
        ConnectionSession session = new(
            StaticCredential.From(Secret.From("planted-token")),
            Arm,
            CloudSettings.ForEmulator(new Uri(FakeArm.Base)),
            isEmulator: false,
            Time,
            new Random(1));
        MlWorkspace workspace = new()
        {
            Name = "space",
            Id = FakeArm.Workspace,
            SubscriptionId = "00000000-0000-0000-0000-00000000000a",
            ResourceGroupName = "group",
            Location = "here",
            ConnectionId = "c1",
        };
        return new WorkspaceConnection(workspace, session, Time, new Random(1), stateFolder ?? _state.Path);
    }

    public void Dispose()
    {
        Arm.Dispose();
        _state.Dispose();
    }
}
