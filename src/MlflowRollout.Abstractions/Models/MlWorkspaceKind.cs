namespace MlflowRollout;

/// <summary>What a connection leads to.</summary>
public enum MlWorkspaceKind
{
    /// <summary>The cloud service.</summary>
    Azure,

    /// <summary>An emulator on this machine.</summary>
    Emulator,
}
