using System.Text;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Resilience;

/// <summary>The faults and the operations of an emulator, by its administrative routes.</summary>
internal static class Operations
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Replaces all faults; JSON objects parted by commas.</summary>
    public static async Task SetFaultsAsync(EmulatorProcess emulator, string faults)
    {
        using StringContent body = new($$"""{ "faults": [{{faults}}] }""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await emulator.Http.PutAsync(new Uri("emulator/faults", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>How many requests met a fault.</summary>
    public static async Task<int> CountFaultsAsync(EmulatorProcess emulator)
    {
        using JsonDocument faults = JsonDocument.Parse(await emulator.Http.GetStringAsync(new Uri("emulator/faults", UriKind.Relative)));
        return faults.RootElement.GetProperty("faults").EnumerateArray().Sum(fault => fault.GetProperty("fired").GetInt32());
    }

    /// <summary>Every operation that was ever begun, as <c>kind endpoint/deployment status</c>.</summary>
    public static async Task<string[]> ListAsync(EmulatorProcess emulator)
    {
        using JsonDocument operations = JsonDocument.Parse(await emulator.Http.GetStringAsync(new Uri("emulator/operations", UriKind.Relative)));
        return
        [
            .. operations.RootElement.GetProperty("operations").EnumerateArray().Select(operation =>
                $"{operation.GetProperty("kind")} {operation.GetProperty("endpoint")}{(operation.GetProperty("deployment").GetString() is { } name ? "/" + name : string.Empty)} {operation.GetProperty("status")}"),
        ];
    }

    /// <summary>Waits until an operation that begins so is there, as <see cref="ListAsync"/> has it.</summary>
    public static async Task WaitForAsync(EmulatorProcess emulator, string start)
    {
        using CancellationTokenSource deadline = new(Patience);
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(20));
        while (!(await ListAsync(emulator)).Any(operation => operation.StartsWith(start, StringComparison.Ordinal)))
        {
            await pace.WaitForNextTickAsync(deadline.Token);
        }
    }
}
