using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class EndpointTokensTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Token_WithinADay_IsGoodForItsEndpointAlone()
    {
        using EndpointTokens tokens = new(_folder.Path, _time);

        (string token, DateTimeOffset expires, DateTimeOffset refresh) = tokens.Issue("heart", "w");

        Assert.True(tokens.IsValid("heart", token));
        Assert.True(tokens.IsValid("HEART", token));
        Assert.False(tokens.IsValid("other", token));
        Assert.Equal(_time.GetUtcNow().AddHours(24), expires);
        Assert.Equal(_time.GetUtcNow().AddHours(12), refresh);
    }

    [Fact]
    public void Token_AfterADay_HasExpiredAlsoWhenSeenBefore()
    {
        using EndpointTokens tokens = new(_folder.Path, _time);
        (string seen, _, _) = tokens.Issue("heart", "w");
        (string unseen, _, _) = tokens.Issue("heart", "w");
        Assert.True(tokens.IsValid("heart", seen));

        _time.Advance(TimeSpan.FromHours(24));

        Assert.False(tokens.IsValid("heart", seen));
        Assert.False(tokens.IsValid("heart", unseen));
    }

    [Fact]
    public void Token_OfAnEarlierProcess_IsStillGood()
    {
        string token;
        using (EndpointTokens first = new(_folder.Path, _time))
        {
            token = first.Issue("heart", "w").Token;
        }

        using EndpointTokens second = new(_folder.Path, _time);

        Assert.True(second.IsValid("heart", token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("not a token")]
    public void Token_ThatIsNone_IsRefused(string text)
    {
        using EndpointTokens tokens = new(_folder.Path, _time);
        _ = tokens.Issue("heart", "w");

        Assert.False(tokens.IsValid("heart", text));
    }

    [Fact]
    public void Token_WithAChangedClaim_IsRefused()
    {
        using EndpointTokens tokens = new(_folder.Path, _time);
        string[] heart = tokens.Issue("heart", "w").Token.Split('.');
        string[] other = tokens.Issue("other", "w").Token.Split('.');

        Assert.False(tokens.IsValid("other", $"{heart[0]}.{other[1]}.{heart[2]}"));
    }
}
