namespace MlflowRollout.Services;

/// <summary>Changes of a model version. Null leaves as it is.</summary>
public sealed class MlModelChanges
{
    /// <summary>New description.</summary>
    public string? Description { get; init; }

    /// <summary>New stage.</summary>
    public string? Stage { get; init; }

    /// <summary>Tags to set; a null value removes the tag; others stay.</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>Archived or not.</summary>
    public bool? IsArchived { get; init; }
}
