using System.Net;
using System.Text.Json.Nodes;
using MlflowRollout.Emulator.IntegrationTests.Support;
using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests;

[Collection(EmulatorCollection.Name)]
public sealed class FaultTests(EmulatorServer server)
{
    private ControlPlaneClient Client => server.Client;

    [Fact]
    public async Task Error_WithCount_StrikesThatOften()
    {
        string name = await server.EndpointAsync();
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("Error", "GET", $"*/onlineEndpoints/{name}", fault =>
        {
            fault["status"] = 429;
            fault["retryAfter"] = 3;
            fault["count"] = 2;
        }));

        ControlPlaneAnswer first = await Client.GetAsync($"/onlineEndpoints/{name}");
        ControlPlaneAnswer second = await Client.GetAsync($"/onlineEndpoints/{name}");
        ControlPlaneAnswer third = await Client.GetAsync($"/onlineEndpoints/{name}");

        Assert.Equal(HttpStatusCode.TooManyRequests, first.Status);
        Assert.Equal("TooManyRequests", first.ErrorCode);
        Assert.Equal("3", first.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.Status);
        Assert.Equal(HttpStatusCode.OK, third.Status);
    }

    [Fact]
    public async Task Error_AfterTheFact_LeavesTheChangeDone()
    {
        string name = server.Name("endpoint");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("Error", "PUT", $"*/onlineEndpoints/{name}", fault =>
        {
            fault["status"] = 500;
            fault["after"] = true;
            fault["count"] = 1;
        }));

        ControlPlaneAnswer answer = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/onlineEndpoints/{name}")).Status);
    }

    [Fact]
    public async Task Reset_BreaksTheConnection()
    {
        string name = await server.EndpointAsync();
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("Reset", "GET", $"*/onlineEndpoints/{name}", fault => fault["count"] = 1));

        using HttpClient client = server.Emulator.CreateHttpClient();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync($"{Client.Workspace}/onlineEndpoints/{name}?api-version=2024-10-01"));
    }

    [Fact]
    public async Task HideAfterCreate_ANewResource_Is404ForATime()
    {
        string name = server.Name("endpoint");
        await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("HideAfterCreate", "GET", $"*/onlineEndpoints/{name}", fault => fault["seconds"] = 600));
        ControlPlaneAnswer accepted = await Client.PutAsync($"/onlineEndpoints/{name}", Bodies.Endpoint());
        await Client.SucceedAsync(accepted);

        ControlPlaneAnswer hidden = await Client.GetAsync($"/onlineEndpoints/{name}");
        await faults.ClearAsync();
        ControlPlaneAnswer shown = await Client.GetAsync($"/onlineEndpoints/{name}");

        Assert.Equal(HttpStatusCode.NotFound, hidden.Status);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
    }

    [Fact]
    public async Task Rate_WithASeed_IsTheSameEachTime()
    {
        string name = await server.EndpointAsync();
        List<string> runs = [];
        for (int run = 0; run < 2; run++)
        {
            await using FaultScope faults = await FaultScope.SetAsync(Client, Faults.Of("Error", "GET", $"*/onlineEndpoints/{name}", fault =>
            {
                fault["rate"] = 0.5;
                fault["seed"] = 7;
            }));
            string pattern = string.Empty;
            for (int call = 0; call < 20; call++)
            {
                pattern += (await Client.GetAsync($"/onlineEndpoints/{name}")).Status == HttpStatusCode.OK ? "." : "x";
            }

            runs.Add(pattern);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.Contains('x', runs[0]);
        Assert.Contains('.', runs[0]);
    }

    [Theory]
    [InlineData("""{"faults":[{"kind":"Explode"}]}""")]
    [InlineData("""{"faults":[{"kind":"Error","rate":2}]}""")]
    [InlineData("""{"faults":{}}""")]
    public async Task Put_OfABadFault_IsRefused(string body)
    {
        ControlPlaneAnswer answer = await Client.SendRawAsync(HttpMethod.Put, "/emulator/faults", JsonNode.Parse(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Requests_CountChangesAndNotReads()
    {
        string name = server.Name("endpoint");
        await Client.GetAsync($"/onlineEndpoints/{name}");
        await Client.CreateEndpointAsync(name);
        await Client.PostAsync($"/onlineEndpoints/{name}/listKeys");

        JsonNode journal = (await Client.SendRawAsync(HttpMethod.Get, "/emulator/requests", null)).Body;
        JsonNode?[] mine = [.. journal["requests"]!.AsArray().Where(entry => entry!["path"]!.GetValue<string>().Contains(name, StringComparison.Ordinal))];

        JsonNode only = Assert.Single(mine)!;
        Assert.Equal("PUT", only["method"]!.GetValue<string>());
        Assert.Equal(1, only["count"]!.GetValue<int>());
    }
}
