namespace MlflowRollout.Emulator.Faults;

/// <summary>What a fault does.</summary>
internal enum FaultKind
{
    /// <summary>The answer comes later.</summary>
    Delay,

    /// <summary>An error is answered instead.</summary>
    Error,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>The operation that the request starts does not end while the fault is set, or for a time where one is given.</summary>
    StuckOperation,

    /// <summary>The operation that the request starts fails.</summary>
    FailOperation,

    /// <summary>A GET answers 404 for a time after the resource was created.</summary>
    HideAfterCreate,
}
