using System.Text.RegularExpressions;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>What an interpreter must import to serve a model, and what to install where it does not.</summary>
internal sealed partial class ModelRequirements
{
    private const long LargestFile = 1 << 20;

    // What a pickle can hold objects of. Other requirements (servers, notebooks) do not matter for loading it.
    private static readonly (string Package, string Module, string? Debian)[] Known =
    [
        ("numpy", "numpy", "python3-numpy"),
        ("pandas", "pandas", "python3-pandas"),
        ("scipy", "scipy", "python3-scipy"),
        ("scikit-learn", "sklearn", "python3-sklearn"),
        ("xgboost", "xgboost", "python3-xgboost"),
        ("lightgbm", "lightgbm", null),
        ("catboost", "catboost", null),
        ("imbalanced-learn", "imblearn", "python3-imblearn"),
        ("category-encoders", "category_encoders", null),
        ("cloudpickle", "cloudpickle", "python3-cloudpickle"),
        ("mlflow", "mlflow", null),
    ];

    private static readonly string[] Pickled = ["scipy", "sklearn", "xgboost", "lightgbm", "catboost", "imblearn", "category_encoders"];

    private readonly Dictionary<string, string> _pins;

    private ModelRequirements(IReadOnlyList<string> modules, Dictionary<string, string> pins, string? reason)
    {
        Modules = modules;
        Reason = reason;
        _pins = pins;
    }

    /// <summary>Modules that must be importable, in a fixed order.</summary>
    public IReadOnlyList<string> Modules { get; }

    /// <summary>Why a module is needed that the model's own library is not; null where that needs no word.</summary>
    public string? Reason { get; }

    public static ModelRequirements Of(PythonPlan plan)
    {
        var pins = ReadPins(plan.Folder);

        // Requests become tables and arrays; MLflow's own server needs both as well.
        var modules = new SortedSet<string>(StringComparer.Ordinal) { "numpy", "pandas" };
        switch (plan.Kind)
        {
            case PythonPlan.MlflowKind:
                modules.Add("mlflow");
                break;
            case PythonFlavor.Sklearn or PythonFlavor.Xgboost or PythonFlavor.Lightgbm:
                modules.Add(plan.Kind);
                break;
            default:
                break;
        }

        // A pickle needs the libraries whose objects it holds, a loader those that it imports; the requirements say which those can be.
        if (plan.Kind is PythonFlavor.Sklearn or PythonPlan.LoaderKind || plan.Data?.EndsWith(".pkl", StringComparison.OrdinalIgnoreCase) == true)
        {
            modules.UnionWith(Known.Where(k => Pickled.Contains(k.Module, StringComparer.Ordinal) && pins.ContainsKey(k.Package)).Select(k => k.Module));
        }

        // Functions that no module holds are pickled by value: reading them back takes cloudpickle, and not only writing them.
        if (plan.Data is { } pickle && File.Exists(pickle) && Mentions(pickle, "cloudpickle.cloudpickle"u8))
        {
            modules.Add("cloudpickle");
        }

        var reason = plan.Kind == PythonPlan.MlflowKind ? $"The model's loader is '{plan.Loader}': only mlflow itself can load it." : null;
        return new ModelRequirements([.. modules], pins, reason);
    }

    /// <summary>What to install, for a message.</summary>
    /// <param name="interpreter">The one to install into.</param>
    public string Advice(string interpreter)
    {
        var needed = Known.Where(k => Modules.Contains(k.Module, StringComparer.Ordinal)).ToList();
        var pip = $"{interpreter} -m pip install {string.Join(' ', needed.Select(k => _pins.TryGetValue(k.Package, out var pin) ? k.Package + pin : k.Package))}";
        if (!OperatingSystem.IsLinux())
        {
            return $"Install them: {pip}";
        }

        var apt = needed.Where(k => k.Debian is not null).Select(k => k.Debian).ToList();
        var others = needed.Where(k => k.Debian is null).Select(k => k.Package).ToList();
        var without = others.Count == 0 ? string.Empty : $" ({string.Join(", ", others)}: with pip only)";
        return $"Install them, on Debian or Ubuntu: apt-get install {string.Join(' ', apt)}{without}; elsewhere: {pip}";
    }

    /// <summary>A note for each library whose version is not the one that the model was saved with.</summary>
    public IEnumerable<string> Mismatches(IReadOnlyDictionary<string, string> found)
    {
        foreach (var known in Known)
        {
            if (found.TryGetValue(known.Module, out var version) && version.Length > 0
                && _pins.TryGetValue(known.Package, out var pin) && pin.StartsWith("==", StringComparison.Ordinal) && pin[2..] != version)
            {
                yield return $"The model was saved with {known.Package} {pin[2..]}, this interpreter has {version}: it may load or predict otherwise";
            }
        }
    }

    /// <summary>Package names (normalised) and version rules of requirements.txt and conda.yaml.</summary>
    private static Dictionary<string, string> ReadPins(string folder)
    {
        var pins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "requirements.txt", "conda.yaml" })
        {
            var path = Path.Combine(folder, name);
            var file = new FileInfo(path);
            if (!file.Exists || file.LinkTarget is not null || file.Length > LargestFile)
            {
                continue;
            }

            foreach (var line in File.ReadLines(path))
            {
                // In conda.yaml a requirement is an item of a list; conda's own have one '='.
                var match = Requirement().Match(line);
                if (match.Success)
                {
                    var package = match.Groups["name"].Value.ToLowerInvariant().Replace('_', '-').Replace('.', '-');
                    var version = match.Groups["rule"].Value;
                    pins.TryAdd(package, version.Length == 0 ? string.Empty : version.StartsWith("==", StringComparison.Ordinal) ? version : "=" + version);
                }
            }
        }

        return pins;
    }

    private static bool Mentions(string path, ReadOnlySpan<byte> text)
    {
        using var file = File.OpenRead(path);
        var block = new byte[1 << 16];
        var kept = 0;
        while (file.Read(block, kept, block.Length - kept) is var read and > 0)
        {
            var filled = block.AsSpan(0, kept + read);
            if (filled.IndexOf(text) >= 0)
            {
                return true;
            }

            // It may go on in the next block.
            kept = Math.Min(filled.Length, text.Length - 1);
            filled[^kept..].CopyTo(block);
        }

        return false;
    }

    [GeneratedRegex(@"^\s*(?:-\s+)?['""]?(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?<rule>={1,2}[A-Za-z0-9.+!]+)?")]
    private static partial Regex Requirement();
}
