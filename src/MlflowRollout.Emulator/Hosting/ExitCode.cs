namespace MlflowRollout.Emulator.Hosting;

/// <summary>Exit codes of the process; scripts and the module tell the reasons apart by them.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int PortInUse = 3;
    public const int DataFolderInUse = 4;
    public const int DataFolderUnusable = 5;
    public const int DataFormat = 6;
}
