using MlflowRollout.Engine.Connections;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

public sealed class WorkspaceTargetTests : IDisposable
{
    private const string Subscription = "00000000-0000-0000-0000-00000000000a";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config.json")]
    [InlineData(".azureml/config.json")]
    public void Resolve_ConfigFile_IsFoundUpwards(string file)
    {
        _folder.Write(file, $$"""{"subscription_id":"{{Subscription}}","resource_group":"g","workspace_name":"from-file"}""");
        Directory.CreateDirectory(_folder["a", "b"]);

        WorkspaceTarget target = WorkspaceTarget.Resolve(new MlConnectionRequest { ConfigurationPath = _folder["a", "b"], ResourceGroupName = "given" }, _ => null);

        Assert.Equal(new WorkspaceTarget(Subscription, "given", "from-file"), target);
    }

    [Fact]
    public void Resolve_ConfigOfAnotherProgram_IsPassedBy()
    {
        _folder.Write("config.json", $$"""{"subscription_id":"{{Subscription}}","resource_group":"g","workspace_name":"ours"}""");
        _folder.Write("a/config.json", """{"colour":"blue"}""");

        Assert.Equal("ours", WorkspaceTarget.Resolve(new MlConnectionRequest { ConfigurationPath = _folder["a"] }, _ => null).WorkspaceName);
    }

    [Fact]
    public void Resolve_Environment_FillsWhatIsMissing()
    {
        Dictionary<string, string> variables = new()
        {
            ["AZUREML_ARM_SUBSCRIPTION"] = Subscription,
            ["AZUREML_ARM_RESOURCEGROUP"] = "g",
            ["AZUREML_ARM_WORKSPACE_NAME"] = "from-environment",
        };

        Assert.Equal("from-environment", WorkspaceTarget.Resolve(new MlConnectionRequest(), variables.GetValueOrDefault).WorkspaceName);
    }

    [Fact]
    public void Resolve_Incomplete_SaysWhatIsMissingAndWhatWasLookedAt()
    {
        MlConnectionException error = Assert.Throws<MlConnectionException>(
            () => WorkspaceTarget.Resolve(new MlConnectionRequest { SubscriptionId = Subscription, ConfigurationPath = _folder.Path }, _ => null));

        Assert.Equal((MlErrorIds.ConnectionTargetIncomplete, true), (error.ErrorId, error.IsTerminating));
        Assert.Contains("ResourceGroupName, WorkspaceName are missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("AZUREML_ARM_WORKSPACE_NAME", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("-Emulator", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_BrokenConfig_IsRefused() =>
        Assert.Equal(
            MlErrorIds.ConnectionFileInvalid,
            Assert.Throws<MlConnectionException>(() => WorkspaceTarget.Resolve(new MlConnectionRequest { ConfigurationPath = _folder.Write("config.json", "{") }, _ => null)).ErrorId);

    [Theory]
    [InlineData("""{"armEndpoint":"https://10.0.0.5:1","token":"planted","caCertificate":"c","subscriptionId":"s","resourceGroup":"g","workspace":"w"}""", "not on this machine")]
    [InlineData("""{"armEndpoint":"http://127.0.0.1:1","token":"planted","caCertificate":"c","subscriptionId":"s","resourceGroup":"g","workspace":"w"}""", "no https")]
    [InlineData("""{"armEndpoint":"https://127.0.0.1:1","caCertificate":"c","subscriptionId":"s","resourceGroup":"g","workspace":"w"}""", "'token'")]
    [InlineData("[]", "no JSON object")]
    public void EmulatorFile_Unusable_IsRefusedWithoutItsSecret(string content, string says)
    {
        MlConnectionException error = Assert.Throws<MlConnectionException>(() => EmulatorFile.Read(_folder.Write("connection.json", content)));

        Assert.Equal(MlErrorIds.ConnectionFileInvalid, error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmulatorFile_Missing_MeansThatNoneRuns() =>
        Assert.Equal(MlErrorIds.EmulatorNotRunning, Assert.Throws<MlConnectionException>(() => EmulatorFile.Read(_folder["connection.json"])).ErrorId);
}
