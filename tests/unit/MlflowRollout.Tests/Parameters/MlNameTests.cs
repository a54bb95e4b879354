using System.Management.Automation;
using MlflowRollout.Tests.Support;

namespace MlflowRollout.Tests.Parameters;

public class MlNameTests
{
    [Theory]
    [InlineData("Test-Name green", "green")]
    [InlineData("Test-Name { \"green-$($_.Version)\" } -InputObject $model", "green-3")]
    [InlineData("$model | Test-Name { \"green-$($_.Version)\" }", "green-3")]
    [InlineData("$model | Test-Name -Name { \"green-$($PSItem.Version)\" }", "green-3")]
    [InlineData("$prefix = 'b'; $model | Test-Name { \"$prefix-$($_.Version)\" }", "b-3")]
    public void Name_TextOrScriptBlock_PositionalAndNamed_Binds(string script, string expected) => Assert.Equal(expected, Assert.Single(Invoke(script).Output).ToString());

    [Theory]
    [InlineData("$model | Test-Name { }")]
    [InlineData("$model | Test-Name { 'a', 'b' }")]
    [InlineData("$model | Test-Name { '  ' }")]
    [InlineData("Test-Name ''")]
    [InlineData("Test-Name '  '")]
    public void Name_NotOneText_IsOurError(string script)
    {
        Session.Run run = Invoke(script);
        Assert.StartsWith(MlErrorIds.NameInvalid, run.SingleError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, run.SingleError.CategoryInfo.Category);
    }

    private static Session.Run Invoke(string script)
    {
        using var session = new Session();
        return session.Invoke("$model = [MlflowRollout.MlModel]@{ Name = 'heart'; Version = 3 }; " + script);
    }
}
