namespace MlflowRollout.Emulator.Hosting;

/// <summary>Text that came in a header and goes out in one: only what a header may carry.</summary>
internal static class HeaderText
{
    private const int Longest = 8 * 1024;

    public static bool IsSafe(string text) => text.Length <= Longest && text.All(letter => letter is >= ' ' and <= '~');
}
