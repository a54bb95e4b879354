namespace MlflowRollout.HelpCompiler.Tests;

/// <summary>A type with accepted values.</summary>
public enum SampleColour
{
    /// <summary>Not offered by help.</summary>
    Unknown,

    /// <summary>One.</summary>
    Blue,

    /// <summary>Another.</summary>
    Green,
}
