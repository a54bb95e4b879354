using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlflowRollout.Engine.Arm;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Which emulators this user started: one small file each, without any secret, that names the connection file.</summary>
internal sealed class EmulatorRegistry(string stateFolder)
{
    private readonly string _folder = Path.Combine(stateFolder, "emulators");

    /// <summary>One started emulator.</summary>
    /// <param name="ConnectionFile">Its connection file.</param>
    /// <param name="DataFolder">Its data folder.</param>
    /// <param name="ProcessId">Its process.</param>
    /// <param name="IsEphemeral">Whether it goes with its session.</param>
    internal sealed record Entry(string ConnectionFile, string DataFolder, int ProcessId, bool IsEphemeral);

    /// <summary>All entries, stale ones too.</summary>
    public IReadOnlyList<Entry> Read()
    {
        if (!Directory.Exists(_folder))
        {
            return [];
        }

        List<Entry> entries = [];
        foreach (string file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            try
            {
                if (JsonBody.TryParseObject(File.ReadAllText(file)) is { } body
                    && body.Text("connectionFile") is { } connection && body.Text("dataFolder") is { } data && body.Number("processId") is { } process)
                {
                    entries.Add(new Entry(connection, data, process, body.Flag("isEphemeral") ?? false));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another process is just removing it.
            }
        }

        return entries;
    }

    /// <summary>Adds an emulator; without it, others simply do not list it.</summary>
    public void Add(Entry entry)
    {
        try
        {
            Directory.CreateDirectory(_folder);
            JsonObject body = new()
            {
                ["connectionFile"] = entry.ConnectionFile,
                ["dataFolder"] = entry.DataFolder,
                ["processId"] = entry.ProcessId,
                ["isEphemeral"] = entry.IsEphemeral,
            };
            File.WriteAllText(PathOf(entry.DataFolder), body.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Listing is a convenience; the emulator runs.
        }
    }

    /// <summary>Forgets an emulator.</summary>
    public void Remove(string dataFolder)
    {
        try
        {
            File.Delete(PathOf(dataFolder));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A stale entry is skipped when it is read.
        }
    }

    private string PathOf(string dataFolder) =>
        Path.Combine(_folder, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..16] + ".json");
}
