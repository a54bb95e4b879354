namespace MlflowRollout.Engine.Definitions;

/// <summary>What a key of a definition file takes.</summary>
internal enum DefinitionForm
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A version: text or a whole number.</summary>
    Version,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false, with or without quotes.</summary>
    Truth,

    /// <summary>One of a few words, in any case, with or without underscores.</summary>
    Choice,

    /// <summary>A map of names to text.</summary>
    Texts,

    /// <summary>A map of deployment names to whole percents.</summary>
    Weights,

    /// <summary>A map of flavors to maps of text.</summary>
    Flavors,

    /// <summary>A list of text, or of maps where the key has a section.</summary>
    List,

    /// <summary>A map with keys of its own.</summary>
    Section,

    /// <summary>A map of names to maps with keys of their own.</summary>
    Sections,

    /// <summary>Text, or a map with keys of its own.</summary>
    TextOrSection,

    /// <summary>Text, or a map that is taken as it is.</summary>
    TextOrMap,

    /// <summary>Anything: written by the service and passed over.</summary>
    ReadOnly,

    /// <summary>Nothing: the Azure CLI knows the key and this module does not offer it.</summary>
    Refused,
}
