using System.Globalization;
using MlflowRollout.Benchmarks.Measuring;
using MlflowRollout.Testing;

namespace MlflowRollout.Benchmarks.Sessions;

/// <summary>What importing the module, and then using its engine for the first time, add to an empty session.</summary>
internal sealed class ModuleStartBenchmark : IBenchmark
{
    private const string Empty = "$null = 1";

    public string Key => "module";

    public async Task<IReadOnlyList<Figure>> RunAsync(int pairs)
    {
        string manifest = SessionProbe.Quote(RepositoryPaths.ModuleManifest);
        string import = $"Import-Module {manifest}";
        // An assembly without cmdlets: what PowerShell itself needs for the first import of a session is not the module's.
        string nothing = $"Import-Module {SessionProbe.Quote(Path.Combine(Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!, "bin", "MlflowRollout.Abstractions.dll"))}";
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        string connect = $"Connect-MlWorkspace -Emulator -ConnectionFile {SessionProbe.Quote(emulator.ConnectionFile)}";
        await SessionProbe.StartAsync(import, connect);

        Pairs<double[]> imports = await Pairs<double[]>.TakeAsync(pairs, () => SessionProbe.StartAsync(Empty), () => SessionProbe.StartAsync(import));
        Pairs<double[]> own = await Pairs<double[]>.TakeAsync(pairs, () => SessionProbe.StartAsync(nothing), () => SessionProbe.StartAsync(import));
        Pairs<double[]> engine = await Pairs<double[]>.TakeAsync(pairs, () => SessionProbe.StartAsync(import, Empty), () => SessionProbe.StartAsync(import, "Get-MlEmulator"));
        Pairs<double[]> connects = await Pairs<double[]>.TakeAsync(pairs, () => SessionProbe.StartAsync(import, Empty), () => SessionProbe.StartAsync(import, connect));
        return
        [
            Over("`Import-Module` with all formats, over an empty session", 60, imports),
            Over("The same, over a session that imports an assembly without cmdlets (PowerShell's own cost of a first import, apart)", null, own),
            Over("First use of the engine (`Get-MlEmulator`), over a session with the module", 150, engine),
            Over("First connection (`Connect-MlWorkspace` to a running emulator: engine, Azure SDK, TLS, one read)", null, connects),
        ];
    }

    private static Figure Over(string what, int? target, Pairs<double[]> taken)
    {
        double added = taken.Median(static (yardstick, product) => product[^1] - yardstick[^1]);
        double own = taken.Product(static times => times[^2]);
        return new(
            what,
            target is null ? string.Empty : $"at most {target} ms",
            string.Create(CultureInfo.InvariantCulture, $"{added:0} ms (the command itself: {own:0} ms; the empty session: {taken.Yardstick(static times => times[^1]):0} ms)"),
            target is null ? null : added <= target,
            taken.Describe(static times => string.Join(" + ", times[..^1].Select(SessionProbe.Milliseconds)) + " = " + SessionProbe.Milliseconds(times[^1])));
    }
}
