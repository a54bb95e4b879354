using MlflowRollout.LoadContext;

namespace MlflowRollout.Connections;

/// <summary>Where the emulator's package may be: beside this module, then on the module path.</summary>
internal static class EmulatorPackageFolders
{
    /// <summary>Folders that may hold <c>MlflowRollout.Emulator</c>, the likeliest first.</summary>
    internal static IReadOnlyList<string> Find() => Find(EngineHost.ModuleFolder, Environment.GetEnvironmentVariable("PSModulePath"));

    /// <summary>See <see cref="Find()"/>.</summary>
    /// <param name="moduleFolder">Folder of this module's manifest: <c>…/MlflowRollout/1.2.3</c>, or <c>…/MlflowRollout</c> without a version.</param>
    /// <param name="modulePath">The module path.</param>
    internal static IReadOnlyList<string> Find(string moduleFolder, string? modulePath)
    {
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(moduleFolder));
        IEnumerable<string?> folders =
        [
            Path.GetDirectoryName(parent),
            parent,
            .. (modulePath ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ];
        return [.. folders.OfType<string>().Where(folder => folder.Length > 0).Distinct(StringComparer.Ordinal)];
    }
}
