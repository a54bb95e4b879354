namespace MlflowRollout;

/// <summary>What all things of a workspace have in common.</summary>
public abstract class MlResource
{
    /// <summary>Name.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Full resource id.</summary>
    public string Id { get; set; } = string.Empty;

    /// <summary>Workspace it belongs to.</summary>
    public string WorkspaceName { get; set; } = string.Empty;

    /// <summary>The connection it came through: the thing is changed in the workspace it came from.</summary>
    public string ConnectionId { get; set; } = string.Empty;

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Tags; names are compared without regard to case.</summary>
    public Dictionary<string, string> Tags { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Service properties: free entries, and the service's own.</summary>
    public Dictionary<string, string> Properties { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When it was made (UTC); null when the service does not say.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>When it was last changed (UTC); null when the service does not say.</summary>
    public DateTimeOffset? LastModifiedAt { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
