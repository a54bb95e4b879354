namespace MlflowRollout.Engine.Definitions;

/// <summary>A key of a definition file. Reading, the JSON schemas and the guide's tables all come from these.</summary>
/// <param name="name">The key.</param>
/// <param name="form">What it takes.</param>
/// <param name="description">What it means; for a refused key, why it is.</param>
internal sealed class DefinitionKey(string name, DefinitionForm form, string description)
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;

    /// <summary>What it takes.</summary>
    public DefinitionForm Form { get; } = form;

    /// <summary>What it means; for a refused key, why it is.</summary>
    public string Description { get; } = description;

    /// <summary>What holds where the key is left out; null where nothing does.</summary>
    public string? Default { get; init; }

    /// <summary>True where the map makes no sense without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Words that a choice takes.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Least number.</summary>
    public double? Minimum { get; init; }

    /// <summary>Greatest number.</summary>
    public double? Maximum { get; init; }

    /// <summary>Keys of the map that it takes.</summary>
    public DefinitionSection? Section { get; init; }

    /// <summary>The only kind of endpoint that has it; null for both.</summary>
    public MlComputeType? OnlyFor { get; init; }

    /// <summary>A key that the service writes into what it shows, and that is passed over.</summary>
    public static DefinitionKey ReadOnly(string name, string description) => new(name, DefinitionForm.ReadOnly, description);

    /// <summary>A key that the Azure CLI knows and this module refuses.</summary>
    public static DefinitionKey Refused(string name, string why) => new(name, DefinitionForm.Refused, why);
}
