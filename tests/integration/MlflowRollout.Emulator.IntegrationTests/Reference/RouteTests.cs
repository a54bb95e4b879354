using MlflowRollout.Emulator.IntegrationTests.Support;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Reference;

/// <summary>The list of differences is complete: each route of the service is served, or listed there as not served, and never both.</summary>
public sealed class RouteTests
{
    [Fact]
    public async Task EachRoute_IsServedOrListedAsADifference()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        using RouteWalk walk = await RouteWalk.BeginAsync(new ControlPlaneClient(emulator));
        IReadOnlyDictionary<string, string> listed = ReferenceRoute.NotServed();
        List<string> wrong = [];

        foreach (ReferenceRoute route in ReferenceRoute.All)
        {
            (System.Net.HttpStatusCode status, string text, bool isNotSupported) = await walk.CallAsync(route);
            string what = $"{route.Name} ({route.Request}) answered {(int)status} {text}";
            if (isNotSupported && !listed.ContainsKey(route.Name))
            {
                wrong.Add($"Neither served nor listed: {what}");
            }
            else if (!isNotSupported && listed.ContainsKey(route.Name))
            {
                wrong.Add($"Listed as not served, but: {what}");
            }
            else if (!isNotSupported && (int)status >= 400)
            {
                wrong.Add($"Not served as it should be: {what}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await emulator.StopAsync();
    }

    [Fact]
    public void Differences_NameRoutesAsTheListDoes()
    {
        Dictionary<string, string> known = ReferenceRoute.All.ToDictionary(route => route.Name, route => route.Request, StringComparer.Ordinal);

        Assert.All(ReferenceRoute.NotServed(), row => Assert.Equal(known.GetValueOrDefault(row.Key), row.Value));
    }

    [Fact]
    public void List_HasEachSectionAndNoNameTwice()
    {
        Assert.Equal(ReferenceRoute.All.Count, ReferenceRoute.All.Select(route => route.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "4.5", "4.8", "5.1", "5.2", "5.3"], ReferenceRoute.All.Select(route => route.Section).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(ReferenceRoute.NotServed(), row => row.Key.StartsWith("MLflow", StringComparison.Ordinal));
    }
}
