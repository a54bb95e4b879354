using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm.Deployments;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class ScaleBodyTests
{
    [Theory]
    [InlineData("Default", 7, 1, 1, 7)]
    [InlineData("TargetUtilization", 1, 2, 4, 2)]
    [InlineData("TargetUtilization", 3, 2, 4, 3)]
    [InlineData("TargetUtilization", 9, 2, 4, 4)]
    public void InstanceCount_OfACapacity_StaysWithinTheBounds(string type, int capacity, int least, int most, int expected)
    {
        JsonObject body = new()
        {
            ["sku"] = new JsonObject { ["capacity"] = capacity },
            ["properties"] = new JsonObject { ["scaleSettings"] = new JsonObject { ["scaleType"] = type, ["minInstances"] = least, ["maxInstances"] = most } },
        };

        Assert.Equal(expected, ScaleBody.InstanceCount(body));
    }
}
