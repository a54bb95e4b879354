using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using MlflowRollout.Engine.Scoring;
using Xunit;

namespace MlflowRollout.Engine.Tests.Scoring;

public sealed class AdaptiveLimitTests
{
    [Fact]
    public void OnSuccess_CleanRounds_OneMoreEach()
    {
        AdaptiveLimit limit = new(null);

        for (int i = 0; i < 2 + 3 + 4; i++)
        {
            limit.OnSuccess(limit.Epoch, saturated: true);
        }

        Assert.Equal(5, limit.Current);
    }

    [Fact]
    public void OnSuccess_NotSaturated_Stays()
    {
        AdaptiveLimit limit = new(null);

        for (int i = 0; i < 100; i++)
        {
            limit.OnSuccess(limit.Epoch, saturated: false);
        }

        Assert.Equal(2, limit.Current);
    }

    [Fact]
    public void OnRefused_CrowdOfOneRound_HalvesOnce()
    {
        AdaptiveLimit limit = new(null);
        limit.Learn(40);
        long epoch = limit.Epoch;

        for (int i = 0; i < 10; i++)
        {
            limit.OnRefused(epoch);
        }

        Assert.Equal(20, limit.Current);
    }

    [Fact]
    public void OnRefused_AgainAndAgain_NeverBelowOne()
    {
        AdaptiveLimit limit = new(null);

        for (int i = 0; i < 10; i++)
        {
            limit.OnRefused(limit.Epoch);
        }

        Assert.Equal(1, limit.Current);
    }

    [Fact]
    public void Learn_AfterARefusal_ExperienceWins()
    {
        AdaptiveLimit limit = new(null);
        limit.OnRefused(limit.Epoch);

        limit.Learn(40);

        Assert.Equal(1, limit.Current);
    }

    [Fact]
    public void FixedLimit_Anything_Stays()
    {
        AdaptiveLimit limit = new(8);

        limit.OnRefused(limit.Epoch);
        limit.Learn(100);

        Assert.Equal(8, limit.Current);
    }

    [Fact]
    public void ReadRetryAfter_SecondsOrDate_TimeToWait()
    {
        FakeTimeProvider time = new();

        Assert.Equal(TimeSpan.FromSeconds(7), RetryRule.ReadRetryAfter(new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)), time));
        Assert.Equal(TimeSpan.FromSeconds(5), RetryRule.ReadRetryAfter(new RetryConditionHeaderValue(time.GetUtcNow().AddSeconds(5)), time));
        Assert.Equal(TimeSpan.Zero, RetryRule.ReadRetryAfter(new RetryConditionHeaderValue(time.GetUtcNow().AddSeconds(-5)), time));
        Assert.Null(RetryRule.ReadRetryAfter(null, time));
    }

    [Fact]
    public void WaitAsync_RetryAfterGiven_NotSooner()
    {
        FakeTimeProvider time = new();
        RetryRule rule = new(time, new Random(1));

        Task wait = rule.WaitAsync(1, TimeSpan.FromSeconds(3), default);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.3));

        Assert.True(wait.IsCompleted);
    }

    [Fact]
    public void WaitAsync_ManyFailures_Capped()
    {
        FakeTimeProvider time = new();
        RetryRule rule = new(time, new Random(1));

        Task wait = rule.WaitAsync(40, null, default);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(9));

        Assert.True(wait.IsCompleted);
    }
}
