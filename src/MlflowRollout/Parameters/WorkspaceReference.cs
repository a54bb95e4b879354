using System.ComponentModel;
using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>A connected workspace by name, full resource id or object.</summary>
[TypeConverter(typeof(Converter))]
public sealed class WorkspaceReference
{
    /// <summary>Names a workspace.</summary>
    /// <param name="name">Name or full resource id.</param>
    public WorkspaceReference(string name) => Name = name;

    /// <summary>Name or full resource id.</summary>
    public string Name { get; }

    internal string? ConnectionId { get; private init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<WorkspaceReference>
    {
        /// <inheritdoc/>
        protected override string Expected => "a workspace";

        /// <inheritdoc/>
        protected override WorkspaceReference? From(PSObject value) => value.BaseObject switch
        {
            WorkspaceReference same => same,
            string name => new WorkspaceReference(name),
            _ when Is<MlWorkspace>(value) && Text(value, "Name") is { } name =>
                new WorkspaceReference(name) { ConnectionId = Text(value, "ConnectionId") },
            _ => null,
        };
    }
}
