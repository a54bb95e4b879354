namespace MlflowRollout.Services;

/// <summary>Which model versions to list.</summary>
public sealed class MlModelQuery
{
    /// <summary>A literal name (an error when it does not exist); null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Keeps names; used when <see cref="Name"/> is null.</summary>
    public Func<string, bool>? NameFilter { get; init; }

    /// <summary>A version (an error when it does not exist), <c>latest</c> or null for the newest, <c>*</c> for all.</summary>
    public string? Version { get; init; }

    /// <summary>Keeps versions by text; used in place of <see cref="Version"/> when it is a wildcard other than <c>*</c>.</summary>
    public Func<string, bool>? VersionFilter { get; init; }

    /// <summary>True: archived ones too.</summary>
    public bool IncludeArchived { get; init; }
}
