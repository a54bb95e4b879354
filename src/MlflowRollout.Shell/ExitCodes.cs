namespace MlflowRollout.Shell;

/// <summary>The exit codes that are the shell's own; a script's <c>exit N</c> gives N.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>An error that nothing caught.</summary>
    public const int Failure = 1;

    /// <summary>A wrong command line, or a script that is not there.</summary>
    public const int Usage = 64;

    /// <summary>128 and SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 and SIGHUP.</summary>
    public const int HungUp = 129;

    /// <summary>128 and SIGTERM.</summary>
    public const int Terminated = 143;
}
