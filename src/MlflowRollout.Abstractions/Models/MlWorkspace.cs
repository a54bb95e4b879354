namespace MlflowRollout;

/// <summary>A connected workspace.</summary>
public sealed class MlWorkspace
{
    /// <summary>Name of the workspace.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Name of the workspace, for binding by property name.</summary>
    public string WorkspaceName { get => Name; set => Name = value; }

    /// <summary>Cloud or emulator.</summary>
    public MlWorkspaceKind Kind { get; set; }

    /// <summary>Who is signed in: user, application id, or <c>emulator</c>. Never a secret.</summary>
    public string Account { get; set; } = string.Empty;

    /// <summary>Subscription id.</summary>
    public string SubscriptionId { get; set; } = string.Empty;

    /// <summary>Resource group.</summary>
    public string ResourceGroupName { get; set; } = string.Empty;

    /// <summary>Region.</summary>
    public string Location { get; set; } = string.Empty;

    /// <summary>Base address of the control plane.</summary>
    public Uri? ArmEndpoint { get; set; }

    /// <summary>Full resource id of the workspace.</summary>
    public string Id { get; set; } = string.Empty;

    /// <summary>Identifies this connection within the process; carried by every object that came through it.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>True for an emulator that ends with this session.</summary>
    public bool IsEphemeral { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
