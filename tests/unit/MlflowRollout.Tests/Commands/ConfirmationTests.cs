using MlflowRollout.Services;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Commands;

public sealed class ConfirmationTests
{
    private static readonly MlQuestion Question = new("Delete", "It has 2 deployments. Delete it all?");

    [Fact]
    public void WhatIf_Confirm_IsFalseAndNobodyIsAsked()
    {
        var host = new AskingHost();
        Session.Run run = Confirm(host, "-WhatIf -Force", Question);
        Assert.Equal(false, Assert.Single(run.Output).BaseObject);
        Assert.Empty(host.Questions);
        Assert.Contains(host.Lines, line => line.Contains("\"Delete\"", StringComparison.Ordinal) && line.Contains("heart in ws", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    public void Consent_GivenBeforehand_NobodyIsAsked(string consent)
    {
        var host = new AskingHost();
        Assert.Equal(true, Assert.Single(Confirm(host, consent, Question).Output).BaseObject);
        Assert.Empty(host.Questions);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Question_OfTheWorker_IsAskedOnThePipelineThread(int answer, bool expected)
    {
        var host = new AskingHost(answer);
        Assert.Equal(expected, Assert.Single(Confirm(host, string.Empty, Question).Output).BaseObject);
        Assert.Equal(["It has 2 deployments. Delete it all?"], host.Questions);
    }

    [Fact]
    public void NoQuestion_OrdinaryChange_NobodyIsAsked()
    {
        var host = new AskingHost();
        Assert.Equal(true, Assert.Single(Confirm(host, string.Empty, question: null).Output).BaseObject);
        Assert.Empty(host.Questions);
    }

    [Fact]
    public void Question_HostCannotAsk_IsAnErrorThatNamesTheWayOut()
    {
        Session.Run run = Confirm(host: null, string.Empty, Question);
        Assert.Empty(run.Output);
        Assert.StartsWith(MlErrorIds.ConfirmationUnavailable, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Force", run.SingleError.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-MlThing | Test-Work $global:work -WhatIf", true)]
    [InlineData("New-MlThing | ForEach-Object { $_ } | Test-Work $global:work -WhatIf", true)]
    [InlineData("$x = New-MlThing; $y = $x | Test-Work $global:work -WhatIf", true)]
    [InlineData("Get-Command No-Such* | Test-Work $global:work -WhatIf", false)]
    public void WhatIf_EarlierStepMadeNothing_SaysWhatWouldBeDone_ButNotBehindAnEmptyQuery(string script, bool said)
    {
        var host = new AskingHost();
        using var session = new Session(host);
        Set(session, question: null);
        Session.Run run = session.Invoke("function New-MlThing {}\n" + script);
        Assert.Empty(run.Output);
        Assert.Null(run.Terminating);
        Assert.Empty(run.Errors);
        Assert.Equal(said, host.Lines.Any(line => line.Contains("nothing yet", StringComparison.Ordinal)));
    }

    private static Session.Run Confirm(AskingHost? host, string arguments, MlQuestion? question)
    {
        using var session = new Session(host);
        Set(session, question);
        return session.Invoke($"Test-Work $global:work {arguments}");
    }

    private static void Set(Session session, MlQuestion? question)
    {
        Func<TestWorkCommand, CancellationToken, Task> work = async (cmdlet, _) =>
        {
            await Task.Yield();
            await cmdlet.WriteAsync(await cmdlet.Caller.ConfirmAsync("heart in ws", "Delete", question));
        };
        session.Runspace.SessionStateProxy.SetVariable("global:work", work);
    }
}
