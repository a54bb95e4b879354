namespace MlflowRollout;

/// <summary>A running emulator.</summary>
public sealed class MlEmulator
{
    /// <summary>Base address of the control plane.</summary>
    public Uri? ArmEndpoint { get; set; }

    /// <summary>Process id.</summary>
    public int ProcessId { get; set; }

    /// <summary>Folder of its data.</summary>
    public string DataFolder { get; set; } = string.Empty;

    /// <summary>File that tells clients how to reach it. Holds a secret; readable by its owner only.</summary>
    public string ConnectionFile { get; set; } = string.Empty;

    /// <summary>Certificate authority that signed its certificate (PEM, public).</summary>
    public string CaCertificate { get; set; } = string.Empty;

    /// <summary>Subscription id that it emulates.</summary>
    public string SubscriptionId { get; set; } = string.Empty;

    /// <summary>Resource group that it emulates.</summary>
    public string ResourceGroupName { get; set; } = string.Empty;

    /// <summary>Workspace that it emulates.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>Region that it emulates.</summary>
    public string Location { get; set; } = string.Empty;

    /// <summary>True when it ends, with its data, when this session ends.</summary>
    public bool IsEphemeral { get; set; }

    /// <summary>True while it answers.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The address.</summary>
    public override string ToString() => ArmEndpoint?.ToString() ?? DataFolder;
}
