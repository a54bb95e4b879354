namespace MlflowRollout.Shell;

/// <summary>The entry point of the shell.</summary>
public static class Program
{
    /// <summary>Runs the shell and returns its exit code.</summary>
    public static int Main(string[] args) => args.Length == 0 ? 0 : 1;
}
