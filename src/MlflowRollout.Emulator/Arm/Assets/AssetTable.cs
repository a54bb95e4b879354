using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Assets;

/// <summary>Reads and writes containers and versions, inside the caller's transaction.</summary>
internal static class AssetTable
{
    public static ResourceRecord? FindContainer(SqliteConnection connection, AssetCollection collection, string name) =>
        ResourceTable.Find(connection, collection.Container, string.Empty, name);

    public static ResourceRecord RequireContainer(SqliteConnection connection, AssetCollection collection, string name) =>
        FindContainer(connection, collection, name) ?? throw collection.MissingContainer(name);

    public static ResourceRecord? FindVersion(SqliteConnection connection, AssetCollection collection, string name, string version) =>
        ResourceTable.Find(connection, collection.Version, name, version);

    public static ResourceRecord RequireVersion(SqliteConnection connection, AssetCollection collection, string name, string version) =>
        FindVersion(connection, collection, name, version) ?? throw collection.MissingVersion(name, version);

    /// <summary>The name of the version that was created last.</summary>
    public static string? Latest(SqliteConnection connection, AssetCollection collection, string name) =>
        ResourceTable.List(connection, collection.Version, name).LastOrDefault()?.Name;

    /// <summary>Stores a container as a PUT wants it.</summary>
    public static (ResourceRecord Container, bool Created) PutContainer(
        SqliteConnection connection, AssetCollection collection, string name, JsonObject source, AssetState state)
    {
        ResourceRecord? before = FindContainer(connection, collection, name);
        RefuseWhileBusy(collection, before, name, null);
        JsonObject body = AssetBody.Container(collection.Kind, source, before);
        return (Store(connection, collection.Container, string.Empty, name, body, before, state), before is null);
    }

    /// <summary>Stores a version as a PUT wants it, and its container where that is new.</summary>
    public static (ResourceRecord Version, bool Created) PutVersion(
        SqliteConnection connection, AssetCollection collection, string name, string version, JsonObject source, AssetState state)
    {
        ResourceRecord? before = FindVersion(connection, collection, name, version);
        RefuseWhileBusy(collection, before, name, version);
        JsonObject body = AssetBody.Version(collection.Kind, collection.Describe(name, version), source, before);
        return (PutVersion(connection, collection, name, version, body, before, state), before is null);
    }

    /// <summary>Stores the body of a version, and its container where that is new.</summary>
    public static ResourceRecord PutVersion(
        SqliteConnection connection, AssetCollection collection, string name, string version, JsonObject body, ResourceRecord? before, AssetState state)
    {
        if (before is null)
        {
            ResourceRecord? container = FindContainer(connection, collection, name);
            JsonObject containerBody = container?.Body ?? AssetBody.EmptyContainer(collection.Kind);
            AssetBody.Note(containerBody, version);
            AssetState kept = container is null ? state with { Word = ProvisioningStates.Succeeded, Operation = null } : state with { Word = container.State, Operation = container.Operation };
            Store(connection, collection.Container, string.Empty, name, containerBody, container, kept);
        }

        return Store(connection, collection.Version, name, version, body, before, state);
    }

    /// <summary>One change at a time: a second one would be lost or lose the first.</summary>
    public static void RefuseWhileBusy(AssetCollection collection, ResourceRecord? before, string name, string? version)
    {
        if (before is not null && !ProvisioningStates.IsFinal(before.State))
        {
            throw ArmErrors.Conflict($"The {collection.Describe(name, version)} cannot be changed because it is in {before.State} provisioning state.", name);
        }
    }

    private static ResourceRecord Store(
        SqliteConnection connection, ResourceKind kind, string parent, string name, JsonObject body, ResourceRecord? before, AssetState state)
    {
        if (before is null)
        {
            ResourceRecord record = new(0, kind, parent, name, name, state.Word, body, null, state.Operation, state.Now, state.Now);
            ResourceTable.Insert(connection, record);
            return record;
        }

        ResourceRecord changed = before with { Body = body, State = state.Word, Operation = state.Operation, ModifiedAt = state.Now };
        ResourceTable.Update(connection, changed);
        return changed;
    }
}
