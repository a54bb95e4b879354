namespace MlflowRollout.Emulator.Models;

/// <summary>One entry under <c>flavors:</c>.</summary>
/// <param name="Settings">Its plain values; lists and maps inside it are left out.</param>
internal sealed record MlflowFlavor(string Name, IReadOnlyDictionary<string, string> Settings)
{
    public string? this[string key] => Settings.GetValueOrDefault(key);
}
