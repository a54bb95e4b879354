namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>A parameter as the assembly declares it.</summary>
/// <param name="Name">Name without dash.</param>
/// <param name="TypeName">Type as help shows it.</param>
/// <param name="FullTypeName">Full name of the type.</param>
/// <param name="IsSwitch">A switch.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="AcceptedValues">The only values that it takes; empty when there is no such list.</param>
/// <param name="AcceptsWildcards">Takes wildcards.</param>
/// <param name="Uses">How it behaves in each parameter set that it belongs to.</param>
internal sealed record ParameterMetadata(
    string Name,
    string TypeName,
    string FullTypeName,
    bool IsSwitch,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<string> AcceptedValues,
    bool AcceptsWildcards,
    IReadOnlyList<ParameterSetUse> Uses)
{
    /// <summary>How it behaves in a set; null when it does not belong to it.</summary>
    /// <param name="setName">Parameter set.</param>
    internal ParameterSetUse? UseIn(string setName) =>
        Uses.FirstOrDefault(use => use.SetName == setName) ?? Uses.FirstOrDefault(use => use.SetName == ParameterSetUse.AllSets);

    /// <summary>True when it takes something from the pipeline.</summary>
    internal bool TakesPipeline => Uses.Any(use => use.ByValue || use.ByPropertyName);
}
