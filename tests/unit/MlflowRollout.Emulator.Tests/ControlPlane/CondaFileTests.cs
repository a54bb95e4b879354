using System.Text.Json.Nodes;
using MlflowRollout.Emulator.Arm;
using MlflowRollout.Emulator.Arm.Environments;
using Xunit;

namespace MlflowRollout.Emulator.Tests.ControlPlane;

public sealed class CondaFileTests
{
    [Theory]
    [InlineData("name: a", """{"name":"a"}""")]
    [InlineData("{\"name\":\"a\",\"n\":1}", """{"name":"a","n":1}""")]
    [InlineData("a: 'true'\nb: true\nc: ~\nd: 3.10\ne: '3.10'\nf: 1_0", """{"a":"true","b":true,"c":null,"d":3.10,"e":"3.10","f":"1_0"}""")]
    [InlineData("a: &x [1, 2]\nb: *x", """{"a":[1,2],"b":[1,2]}""")]
    [InlineData("a: |\n  line\n  line", """{"a":"line\nline"}""")]
    public void ToJson_OfYaml_KeepsTypes(string yaml, string json)
    {
        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), JsonNode.Parse(CondaFile.ToJson(yaml))!.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("- a")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("a: &x [*x]")]
    [InlineData("[a]: 1")]
    [InlineData("a: [1")]
    public void ToJson_OfWhatIsNoMapping_NamesTheMember(string yaml)
    {
        ArmException refused = Assert.Throws<ArmException>(() => CondaFile.ToJson(yaml));

        Assert.Equal((400, "properties.condaFile"), (refused.Status, refused.Target));
    }

    [Fact]
    public void ToJson_OfAliasesOfAliases_GivesUp()
    {
        string level = string.Join('\n', Enumerable.Range(1, 7).Select(n => $"l{n}: &l{n} [{string.Join(", ", Enumerable.Repeat($"*l{n - 1}", 8))}]"));

        ArmException refused = Assert.Throws<ArmException>(() => CondaFile.ToJson($"l0: &l0 [x, x, x, x, x, x, x, x]\n{level}"));

        Assert.Contains("more than", refused.Message, StringComparison.Ordinal);
    }
}
