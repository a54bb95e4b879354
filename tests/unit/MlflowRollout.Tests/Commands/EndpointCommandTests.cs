using System.Management.Automation;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Commands;

public sealed class EndpointCommandTests : IDisposable
{
    private readonly Session _session = new(new AskingHost());
    private readonly FakeWorkspace _workspace;

    public EndpointCommandTests()
    {
        _workspace = new FakeWorkspace(_session);
        _workspace.AddEndpoint("heart", "blue");
        _workspace.AddEndpoint("hip");
        _workspace.AddEndpoint("lung");
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _session.Dispose();
    }

    [Theory]
    [InlineData("Remove-MlEndpoint h* -Force", "heart hip")]
    [InlineData("Remove-MlEndpoint h*, heart -Force", "heart hip")]
    [InlineData("Remove-MlEndpoint nothing* -Force", "")]
    [InlineData("'lung' | Remove-MlEndpoint -Force", "lung")]
    [InlineData("Get-MlEndpoint h* | Remove-MlEndpoint -Confirm:$false", "heart hip")]
    [InlineData("[pscustomobject]@{ EndpointName = 'hip'; Name = 'not this' } | Remove-MlEndpoint -Force", "hip")]
    [InlineData("Remove-MlEndpoint * -WhatIf -Force", "")]
    [InlineData("$WhatIfPreference = $true; Remove-MlEndpoint * -Force", "")]
    public void Remove_Picks_WhatIsMeant(string script, string removed)
    {
        Session.Run run = _session.Invoke(script);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Output);
        Assert.Equal(removed, string.Join(' ', _workspace.Removed.Order()));
    }

    [Fact]
    public void Remove_LiteralThatDoesNotExist_IsAnErrorAndTheOthersGo()
    {
        Session.Run run = _session.Invoke("Remove-MlEndpoint hip, nosuch, lung -Force -PassThru");
        Assert.StartsWith(MlErrorIds.EndpointNotFound, Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["hip", "lung"], run.Output.Select(value => value.ToString()));
    }

    [Theory]
    [InlineData("$null | Remove-MlEndpoint -Force")]
    [InlineData("Remove-MlEndpoint -Endpoint $null -Force")]
    [InlineData("$null | Get-MlEndpointKey")]
    [InlineData("$null | Wait-MlEndpoint")]
    [InlineData("$null | Update-MlEndpoint -Description x")]
    [InlineData("$null | Disable-MlModel")]
    [InlineData("$null | Disconnect-MlWorkspace")]
    public void Null_OfAFailedStep_IsOurError(string script)
    {
        Session.Run run = _session.Invoke(script);
        Assert.StartsWith(MlErrorIds.EarlierStepFailed, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(_workspace.Removed);
    }

    [Theory]
    [InlineData("$null | Remove-MlEndpoint -WhatIf")]
    [InlineData("$null | Update-MlEndpoint -Description x -WhatIf")]
    [InlineData("$null | Reset-MlEndpointKey -KeyType Primary -WhatIf")]
    [InlineData("$null | Remove-MlModel -WhatIf")]
    public void Null_UnderWhatIf_SaysWhatWouldBeDone(string script)
    {
        Session.Run run = _session.Invoke(script);
        Assert.Empty(run.Errors);
        Assert.Null(run.Terminating);
    }

    [Theory]
    [InlineData("New-MlEndpoint x -UniqueSuffix -RandomSuffix", MlErrorIds.ParameterConflict)]
    [InlineData("New-MlEndpoint x -NoWait -Timeout 5s", MlErrorIds.ParameterConflict)]
    [InlineData("Update-MlEndpoint heart", MlErrorIds.ParameterInvalid)]
    [InlineData("Update-MlModel heart 3", MlErrorIds.ParameterInvalid)]
    public void Parameters_ThatMakeNoSense_AreOurErrors(string script, string id) =>
        Assert.StartsWith(id, _session.Invoke(script).SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void Object_OfAClosedConnection_IsAnErrorThatSaysSo()
    {
        Session.Run run = _session.Invoke("[MlflowRollout.MlEndpoint]@{ Name = 'heart'; ConnectionId = 'gone'; WorkspaceName = 'old' } | Remove-MlEndpoint -Force");
        ErrorRecord error = run.SingleError;
        Assert.StartsWith(MlErrorIds.WorkspaceNotFound, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'old'", error.ToString(), StringComparison.Ordinal);
    }
}
