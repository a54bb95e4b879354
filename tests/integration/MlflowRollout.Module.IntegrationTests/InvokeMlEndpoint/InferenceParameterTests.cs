using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.InvokeMlEndpoint;

/// <summary>-Parameter: what the model gets as <c>params</c>. The model is a loader module of its own, which answers with what it got.</summary>
public sealed class InferenceParameterTests(EmulatorFixture fixture) : WorkspaceTest(fixture)
{
    private const string Deploy =
        """
        $endpoint = New-MlEndpoint $args[0] -ErrorAction Stop
        $blue = Register-MlModel $args[0] -Path $args[1] -ErrorAction Stop | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic -ErrorAction Stop
        """;

    [SkippableTheory]
    [InlineData("", new[] { 2.0, 4.0, 6.0 })]
    [InlineData("-Parameter @{ factor = 10 }", new[] { 10.0, 20.0, 30.0 })]
    [InlineData("-Parameter @{ factor = '0.5' } -BatchSize 1", new[] { 0.5, 1.0, 1.5 })]
    public void Rows_HaveTheParametersWithEveryRequest(string parameters, double[] expected)
    {
        using TemporaryFolder folder = Model();
        Session.Invoke(Deploy, Fixture.UniqueName("p"), folder.Path).AssertSucceeded();

        InvocationResult result = Session.Invoke($"1..3 | ForEach-Object {{ @{{ x = $_ }} }} | Invoke-MlEndpoint -Endpoint $endpoint {parameters} | ForEach-Object Prediction");

        Assert.Equal(expected, result.AssertSucceeded().Values().Select(value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [SkippableFact]
    public void Rows_OneThatTheModelRefuses_LeavesTheOthersTheirParameters()
    {
        using TemporaryFolder folder = Model();
        Session.Invoke(Deploy, Fixture.UniqueName("p"), folder.Path).AssertSucceeded();

        InvocationResult result = Session.Invoke(
            "1..4 | ForEach-Object { @{ x = if ($_ -eq 3) { -1 } else { $_ } } } | Invoke-MlEndpoint -Endpoint $endpoint -Parameter @{ factor = 3 } -ErrorAction SilentlyContinue | ForEach-Object { \"$($_.Prediction)\" }");

        Assert.Equal(["3", "6", string.Empty, "12"], result.Values());
    }

    [SkippableTheory]
    [InlineData("@{ factr = 3 }", "Did you mean 'factor'")]
    [InlineData("@{ factor = 'much' }", "'factor'")]
    public void Parameter_ThatDoesNotFit_SendsNothing(string parameters, string word)
    {
        using TemporaryFolder folder = Model();
        Session.Invoke(Deploy, Fixture.UniqueName("p"), folder.Path).AssertSucceeded();

        InvocationResult result = Session.Invoke($"@{{ x = 1 }}, @{{ x = 2 }} | Invoke-MlEndpoint -Endpoint $endpoint -Parameter {parameters}");

        Assert.Empty(result.Output);
        AssertError(result.Error, MlErrorIds.RequestInvalid, ErrorCategory.InvalidData, word);
    }

    private static TemporaryFolder Model()
    {
        Requirement.PythonModules("pandas", "numpy");
        TemporaryFolder folder = new();
        folder.Write("MLmodel", """
            flavors:
              python_function:
                loader_module: scaling
                code: code
            signature:
              inputs: '[{"type": "long", "name": "x"}]'
              params: '[{"name": "factor", "type": "double", "default": 2.0, "shape": null}]'
            """);
        folder.Write("code/scaling.py", """
            class Model:
                def predict(self, data, params):
                    if (data["x"] < 0).any():
                        raise ValueError("negative")
                    return data["x"].to_numpy() * params["factor"]

            def _load_pyfunc(path):
                return Model()
            """);
        return folder;
    }
}
