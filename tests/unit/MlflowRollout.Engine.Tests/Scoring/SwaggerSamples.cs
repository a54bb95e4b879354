namespace MlflowRollout.Engine.Tests.Scoring;

/// <summary>Descriptions as servers give them.</summary>
internal static class SwaggerSamples
{
    /// <summary>With MLflow's types in extensions; name and type in turn.</summary>
    public static string Emulator(params string[] namesAndTypes)
    {
        IEnumerable<string> columns = namesAndTypes.Chunk(2).Select(pair => $$"""{"name":"{{pair[0]}}","x-mlflow-type":"{{pair[1]}}","type":"string","required":true}""");
        return $$$"""
            {"swagger":"2.0","definitions":{
              "ServiceInput":{"type":"object","required":["input_data"],"properties":{"input_data":{
                "type":"object","format":"pandas.DataFrame:split",
                "properties":{"columns":{"type":"array"},"index":{"type":"array"},"data":{"type":"array"} },
                "x-mlflow-columns":[{{{string.Join(",", columns)}}}] } } },
              "ServiceOutput":{"type":"array","items":{"type":"integer","format":"int64","x-mlflow-type":"long"} } } }
            """;
    }
}
